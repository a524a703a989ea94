import { Inject, Injectable } from '@nestjs/common';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../../platform/config/clock.js';
import { checkCommitPath } from './check-commit-path.js';
import { checkGitFile } from './check-git-file.js';
import type { TreeOperation } from './commit-plan.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import type { BlobEntity } from './blob.entity.js';
import type { CommitInput, CommitOperation, StoredFile, WrittenFiles } from './commit-input.js';
import type { UploadSession } from '../quota/upload-session.js';
import { ContentReferences } from './content-references.service.js';
import { FileContents, type NewBlob } from './file-contents.service.js';
import { mapConcurrently } from '../../platform/async/map-concurrently.js';
import { ConcurrencyLimiter } from '../../platform/async/concurrency-limiter.js';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { CommitLfsObjects, notStored } from './commit-lfs-objects.service.js';
import { lfsPointerOid } from './lfs-pointer.js';
import { rowBatches } from './row-batches.js';
import { FileBatches, isSmall, type BatchedFile } from './file-batches.js';

/** Files stored concurrently. Storing a small file waits for the disk, not the CPU. */
const CONCURRENCY = 8;
/** Contents that were stored within this time are still protected from the collector, which keeps what was touched within a day. */
const PROTECTED_MS = 3_600_000;

/** A commit's operations after their content has been stored. */
export interface WrittenContent {
  readonly operations: readonly TreeOperation[];
  readonly blobs: readonly BlobEntity[];
  /** Blobs of LFS objects whose content was inside the commit, so that the repository does not have the objects yet. */
  readonly newLfsBlobs: readonly NewBlob[];
  readonly files: WrittenFiles;
}

interface StoredEntry {
  readonly kind: 'stored';
  readonly path: string;
  readonly blob: NewBlob;
}

/** An operation whose content is stored or, for an LFS object, still has to be looked up. */
type PendingEntry = Exclude<CommitOperation, { readonly kind: 'file' }> | StoredEntry;

type CommitContents = Pick<CommitInput, 'operations' | 'memory' | 'selectLargeFiles'>;

/** The state of an upload of files. */
interface Upload extends Pick<CommitInput, 'memory'> {
  readonly entries: (PendingEntry | undefined)[];
  readonly session: UploadSession;
  readonly limiter: ConcurrencyLimiter;
  readonly batches: FileBatches;
}

/** Stores the content of a commit before the commit is written, so that nothing is visible before its bytes are durable. */
@Injectable()
export class ContentWriterService {
  constructor(
    private readonly files: FileContents,
    private readonly references: ContentReferences,
    private readonly lfs: CommitLfsObjects,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    @Inject(MONOTONIC_CLOCK) private readonly now: MonotonicClock,
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
    { operations, memory, selectLargeFiles }: CommitContents,
    session: UploadSession,
  ): Promise<WrittenContent> {
    const startedAt = this.now();
    const pending = await this.storeFiles({ operations, memory }, session);
    const written = await writtenFiles(pending);
    const large = selectLargeFiles ? await selectLargeFiles(written) : new Set<string>();
    const moved = pending.map((entry) => (large.has(entry.path) ? asLfsObject(entry) : entry));
    return {
      ...(await this.resolve(repositoryId, moved, startedAt)),
      newLfsBlobs: moved.filter(isLfsObject).map(({ blob }) => blob),
      files: large.size === 0 ? written : await writtenFiles(moved),
    };
  }

  private async storeFiles({ operations, memory }: CommitContents, session: UploadSession): Promise<PendingEntry[]> {
    const entries: (PendingEntry | undefined)[] = [];
    const limiter = new ConcurrencyLimiter(CONCURRENCY);
    const storeBatch = async (files: readonly BatchedFile[]): Promise<void> => {
      const blobs = await this.files.storeAll(files, session);
      for (const [n, { index, path }] of files.entries()) entries[index] = { kind: 'stored', path, blob: blobs[n]! };
    };
    const batches = new FileBatches((files) => limiter.start(() => storeBatch(files)));
    const turns = new EventLoopTurns();
    try {
      for await (const operation of operations) {
        await this.storeOperation(operation, { entries, session, memory, limiter, batches });
        if (turns.isOver) await turns.next();
      }
      await batches.flush();
      await limiter.drain();
    } finally {
      await limiter.settle(); // on errors, wait for the writes that have started
    }
    return entries as PendingEntry[];
  }

  /** Spooled content is stored before this returns, because the caller then reuses the spool. Content in memory is stored concurrently. */
  private async storeOperation(
    operation: CommitOperation,
    { entries, session, memory, limiter, batches }: Upload,
  ): Promise<void> {
    await checkGitFile(operation);
    const index = entries.push(undefined) - 1; // reserves the position, since writes complete in any order
    if (operation.kind === 'lfsFile') checkCommitPath(operation.path);
    if (operation.kind !== 'file') {
      entries[index] = operation;
      return;
    }
    const { path, content } = operation;
    checkCommitPath(path);
    if (Buffer.isBuffer(content) && isSmall(content)) return batches.add({ index, path, content });
    const store = async (): Promise<void> =>
      void (entries[index] = {
        kind: 'stored',
        path,
        blob: await this.files.store({ path, content, memory }, session),
      });
    await (Buffer.isBuffer(content) ? limiter.start(store) : store());
  }

  private async resolve(
    repositoryId: number,
    entries: readonly PendingEntry[],
    startedAt: number,
  ): Promise<Pick<WrittenContent, 'operations' | 'blobs'>> {
    const lfsBlobs = await this.lfs.require(
      repositoryId,
      entries.filter((entry) => entry.kind === 'lfsFile'),
    );
    const blobs = new Map<string, BlobEntity>();
    const operations: TreeOperation[] = [];
    const turns = new EventLoopTurns();
    for (const entry of entries) {
      const blob = blobOf(entry, lfsBlobs);
      if (blob) blobs.set(blob.oid, { repositoryId, ...blob });
      operations.push(blob ? { kind: 'put', path: entry.path, oid: blob.oid } : (entry as TreeOperation));
      if (turns.isOver) await turns.next();
    }
    if (this.now() - startedAt > PROTECTED_MS) await this.protect([...blobs.values()]);
    return { operations, blobs: [...blobs.values()] };
  }

  /** Content stored first may have been collected if the upload took very long. */
  private async protect(blobs: readonly BlobEntity[]): Promise<void> {
    for (const batch of rowBatches(blobs)) await this.references.touch(batch);
    const sizes = new Map(blobs.map(({ sha256, size }) => [sha256, size]));
    await mapConcurrently([...sizes], CONCURRENCY, async ([sha256, size]) => {
      if ((await this.blobs.size(sha256)) !== size) throw notStored(sha256);
    });
  }
}

/** Content is stored by its SHA-256 in both cases, so only the git object differs. */
function asLfsObject(entry: PendingEntry): PendingEntry {
  if (entry.kind !== 'stored') return entry;
  const { sha256, size } = entry.blob;
  return { ...entry, blob: { ...entry.blob, oid: lfsPointerOid(sha256, size), lfs: true } };
}

const isLfsObject = (entry: PendingEntry): entry is StoredEntry => entry.kind === 'stored' && entry.blob.lfs;

const isLfsFile = (entry: PendingEntry): boolean => entry.kind === 'lfsFile' || isLfsObject(entry);

/** The blob of a file; `undefined` for a deletion. */
function blobOf(entry: PendingEntry, lfsBlobs: ReadonlyMap<string, NewBlob>): NewBlob | undefined {
  if (entry.kind === 'lfsFile') return lfsBlobs.get(entry.sha256);
  return entry.kind === 'stored' ? entry.blob : undefined;
}

async function writtenFiles(entries: readonly PendingEntry[]): Promise<WrittenFiles> {
  const turns = new EventLoopTurns();
  const [files, deleted, large]: [StoredFile[], string[], string[]] = [[], [], []];
  for (const entry of entries) {
    if (isLfsFile(entry)) large.push(entry.path);
    else if (entry.kind === 'stored')
      files.push({ path: entry.path, sha256: entry.blob.sha256, size: entry.blob.size });
    else deleted.push(entry.path);
    if (turns.isOver) await turns.next();
  }
  return { files, deleted, large };
}
