import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { checkCommitPath } from './check-commit-path.js';
import { checkGitFile } from './check-git-file.js';
import type { TreeOperation } from './commit-plan.js';
import { lfsPointerOid } from './lfs-pointer.js';
import { DirectUploads } from './direct-uploads.service.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import type { BlobEntity } from './blob.entity.js';
import type { CommitInput, CommitOperation, WrittenFiles } from './commit-input.js';
import type { UploadSession } from '../quota/upload-session.js';
import { ContentReferences } from './content-references.service.js';
import { FileContents, type NewBlob } from './file-contents.service.js';
import { LfsObjectsService } from './lfs-objects.service.js';
import type { LfsObjectEntity } from './lfs-object.entity.js';
import { ConcurrencyLimiter } from '../../platform/async/concurrency-limiter.js';
import { ObjectStore } from './object.store.js';

/** Files stored concurrently. Storing a small file waits for the disk, not the CPU. */
const CONCURRENCY = 8;
const LFS_BATCH_SIZE = 5000;

/** A commit's operations after their content has been stored. */
export interface WrittenContent {
  readonly operations: readonly TreeOperation[];
  readonly blobs: readonly BlobEntity[];
  readonly files: WrittenFiles;
}

/** An operation whose content is stored or, for an LFS object, still has to be looked up. */
type PendingEntry =
  | Exclude<CommitOperation, { readonly kind: 'file' }>
  | { readonly kind: 'stored'; readonly path: string; readonly blob: NewBlob };

type LfsFile = CommitOperation & { readonly kind: 'lfsFile' };

/** Stores the content of a commit before the commit is written, so that nothing is visible before its bytes are durable. */
@Injectable()
export class ContentWriterService {
  constructor(
    private readonly objects: ObjectStore,
    private readonly files: FileContents,
    private readonly references: ContentReferences,
    private readonly direct: DirectUploads,
    private readonly lfs: LfsObjectsService,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /**
   * Stores the content of all operations.
   *
   * @param session - provides the space
   * @throws HubError `BadRequest` for an invalid path, a file that `git fsck` would reject, or an LFS object that was not uploaded; as
   * `UploadSession.add`
   */
  async writeAll(
    repositoryId: number,
    { operations, selectLargeFiles }: Pick<CommitInput, 'operations' | 'selectLargeFiles'>,
    session: UploadSession,
  ): Promise<WrittenContent> {
    const entries: (PendingEntry | undefined)[] = [];
    const limiter = new ConcurrencyLimiter(CONCURRENCY);
    try {
      for await (const operation of operations) await this.storeOperation(operation, entries, { limiter, session });
      await limiter.drain();
    } finally {
      await limiter.settle(); // on errors, wait for the writes that have started
    }
    const pending = entries as PendingEntry[];
    const large = selectLargeFiles ? await selectLargeFiles(writtenFiles(pending)) : new Set<string>();
    const moved = await this.moveToLfs(repositoryId, pending, large);
    return { ...(await this.resolve(repositoryId, moved)), files: writtenFiles(moved) };
  }

  /** Content is stored by its SHA-256 in both cases, so only the git object differs. */
  private async moveToLfs(
    repositoryId: number,
    entries: readonly PendingEntry[],
    large: ReadonlySet<string>,
  ): Promise<PendingEntry[]> {
    const moved: PendingEntry[] = [];
    for (const entry of entries) {
      if (entry.kind === 'stored' && large.has(entry.path)) {
        const { sha256, size } = entry.blob;
        await this.lfs.add(repositoryId, { sha256, size });
        moved.push({ kind: 'lfsFile', path: entry.path, sha256, size });
      } else moved.push(entry);
    }
    return moved;
  }

  /** Spooled content is stored before this returns, because the caller then reuses the spool. Content in memory is stored concurrently. */
  private async storeOperation(
    operation: CommitOperation,
    entries: (PendingEntry | undefined)[],
    { limiter, session }: { readonly limiter: ConcurrencyLimiter; readonly session: UploadSession },
  ): Promise<void> {
    await checkGitFile(operation);
    const index = entries.push(undefined) - 1; // reserves the position, since writes complete in any order
    if (operation.kind !== 'file') {
      entries[index] = operation;
      return;
    }
    const { path, content } = operation;
    checkCommitPath(path);
    const store = async (): Promise<void> =>
      void (entries[index] = { kind: 'stored', path, blob: await this.files.store({ path, content }, session) });
    await (Buffer.isBuffer(content) ? limiter.start(store) : store());
  }

  private async resolve(
    repositoryId: number,
    entries: readonly PendingEntry[],
  ): Promise<Pick<WrittenContent, 'operations' | 'blobs'>> {
    const lfsBlobs = await this.requireLfsObjects(
      repositoryId,
      entries.filter((entry) => entry.kind === 'lfsFile'),
    );
    const blobs = new Map<string, BlobEntity>();
    const operations = entries.map((entry): TreeOperation => {
      if (entry.kind !== 'stored' && entry.kind !== 'lfsFile') return entry;
      const blob = entry.kind === 'stored' ? entry.blob : lfsBlobs.get(entry.sha256)!;
      blobs.set(blob.oid, { repositoryId, ...blob });
      return { kind: 'put', path: entry.path, oid: blob.oid };
    });
    await this.protect([...blobs.values()]);
    return { operations, blobs: [...blobs.values()] };
  }

  private async requireLfsObjects(repositoryId: number, files: readonly LfsFile[]): Promise<Map<string, NewBlob>> {
    const hashes = [...new Set(files.map(({ sha256 }) => sha256))];
    const found = new Map<string, NewBlob>();
    for (let at = 0; at < hashes.length; at += LFS_BATCH_SIZE) {
      for (const { sha256, size } of await this.findLfsObjects(repositoryId, hashes.slice(at, at + LFS_BATCH_SIZE))) {
        found.set(sha256, { oid: lfsPointerOid(sha256, size), sha256, size, lfs: true });
      }
    }
    for (const file of files) requireUploaded(file, found.get(file.sha256)?.size);
    return found;
  }

  /** The LFS objects with these hashes, including those that were uploaded directly to the object store and have not been imported yet. */
  private async findLfsObjects(repositoryId: number, hashes: readonly string[]): Promise<LfsObjectEntity[]> {
    const knownObjects = await this.objects.lfsObjects(repositoryId, hashes);
    if (knownObjects.length === hashes.length) return knownObjects;
    const knownHashes = new Set(knownObjects.map(({ sha256 }) => sha256));
    await this.direct.importArrived(
      repositoryId,
      hashes.filter((sha256) => !knownHashes.has(sha256)),
    );
    return this.objects.lfsObjects(repositoryId, hashes);
  }

  /**
   * Makes sure that all content of the commit exists and is protected from the collector: content stored first may have been collected if
   * the upload took very long.
   */
  private async protect(blobs: readonly BlobEntity[]): Promise<void> {
    if (blobs.length === 0) return;
    const hashes = [...new Set(blobs.map(({ sha256 }) => sha256))];
    await this.references.touch(blobs);
    const limiter = new ConcurrencyLimiter(CONCURRENCY);
    for (const sha256 of hashes) await limiter.start(() => this.requireStored(sha256));
    await limiter.drain();
  }

  private async requireStored(sha256: string): Promise<void> {
    if (await this.blobs.has(sha256)) return;
    throw new HubError('BadRequest', `The content ${sha256} is no longer stored. Upload it again.`);
  }
}

function writtenFiles(entries: readonly PendingEntry[]): WrittenFiles {
  const files = entries.flatMap((entry) =>
    entry.kind === 'stored' ? [{ path: entry.path, sha256: entry.blob.sha256, size: entry.blob.size }] : [],
  );
  const deleted = entries.flatMap((entry) => (entry.kind === 'stored' || entry.kind === 'lfsFile' ? [] : [entry.path]));
  const large = entries.flatMap((entry) => (entry.kind === 'lfsFile' ? [entry.path] : []));
  return { files, deleted, large };
}

/** @throws HubError `BadRequest` if the repository does not have the LFS object with this size */
function requireUploaded({ path, sha256, size }: LfsFile, actualSize: number | undefined): void {
  if (actualSize !== undefined && (size === undefined || size === actualSize)) return;
  const problem =
    actualSize === undefined ? 'was not uploaded to this repository' : `has ${actualSize} bytes, not ${size}`;
  throw new HubError('BadRequest', `${JSON.stringify(path)}: the LFS object ${sha256} ${problem}`);
}
