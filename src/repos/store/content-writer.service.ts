import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { checkCommitPath } from './check-commit-path.js';
import type { TreeOperation } from './commit-plan.js';
import { objectHasher } from './git-objects.js';
import { lfsPointerOid } from './lfs-pointer.js';
import { DirectUploads } from './direct-uploads.service.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import type { BlobEntity } from './blob.entity.js';
import type { CommitInput, CommitOperation, SpooledContent } from './commit-input.js';
import { ContentReferences } from './content-references.service.js';
import type { LfsObjectEntity } from './lfs-object.entity.js';
import { Lanes } from '../../platform/async/lanes.js';
import { ObjectStore } from './object.store.js';

/** Small files are stored side by side: each waits for the disk, not for the processor. */
const AT_ONCE = 8;
const LFS_FILES_AT_ONCE = 5000;

/** A commit's operations with their content stored: what is left is arithmetic on trees. */
export interface WrittenContent {
  readonly operations: readonly TreeOperation[];
  readonly blobs: readonly BlobEntity[];
}

/** What stands behind a file, in whatever repository. */
export type NewBlob = Omit<BlobEntity, 'repositoryId'>;

/** An operation in its place, its content stored or to be looked up. */
type Slot =
  | Exclude<CommitOperation, { readonly kind: 'file' }>
  | { readonly kind: 'stored'; readonly path: string; readonly blob: NewBlob };

type LfsFile = CommitOperation & { readonly kind: 'lfsFile' };

/** Stores the content of a commit before the commit is made, so that nothing is visible whose bytes are not durable. */
@Injectable()
export class ContentWriterService {
  constructor(
    private readonly objects: ObjectStore,
    private readonly vault: ContentReferences,
    private readonly direct: DirectUploads,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /** @throws HubError BadRequest for a path that may not be written, or a large file that was not uploaded */
  async take(repositoryId: number, operations: CommitInput['operations']): Promise<WrittenContent> {
    const slots: (Slot | undefined)[] = [];
    const lanes = new Lanes(AT_ONCE);
    try {
      for await (const operation of operations) await this.place(operation, slots, lanes);
      await lanes.empty();
    } finally {
      await lanes.idle(); // whoever is refused leaves nothing going on behind the answer
    }
    return this.takenIn(repositoryId, slots as Slot[]);
  }

  /** Stores a file's content, to be committed to whatever repository. */
  async store(content: Buffer | SpooledContent): Promise<NewBlob> {
    const known = Buffer.isBuffer(content)
      ? { sha256: createHash('sha256').update(content).digest('hex'), size: content.length }
      : content;
    const pieces = (): Iterable<Uint8Array> | AsyncIterable<Uint8Array> =>
      Buffer.isBuffer(content) ? [content] : content.open();
    const { sha256, size } = await this.vault.keep(Buffer.isBuffer(content) ? content : content.open(), known);
    // git hashes the length before the content, which is read once more for it
    const hash = objectHasher('blob', size);
    for await (const piece of pieces()) hash.update(piece);
    return { oid: hash.digest('hex'), sha256, size, lfs: false };
  }

  /** A spool is its sender's again once this returns; what is in memory may take its time. */
  private async place(operation: CommitOperation, slots: (Slot | undefined)[], lanes: Lanes): Promise<void> {
    const index = slots.push(undefined) - 1; // its place, whenever it is done
    if (operation.kind !== 'file') {
      slots[index] = operation;
      return;
    }
    const { path, content } = operation;
    checkCommitPath(path);
    const store = async (): Promise<void> =>
      void (slots[index] = { kind: 'stored', path, blob: await this.store(content) });
    await (Buffer.isBuffer(content) ? lanes.enter(store) : store());
  }

  private async takenIn(repositoryId: number, slots: readonly Slot[]): Promise<WrittenContent> {
    const large = await this.uploaded(
      repositoryId,
      slots.filter((slot) => slot.kind === 'lfsFile'),
    );
    const blobs = new Map<string, BlobEntity>();
    const operations = slots.map((slot): TreeOperation => {
      if (slot.kind !== 'stored' && slot.kind !== 'lfsFile') return slot;
      const blob = slot.kind === 'stored' ? slot.blob : large.get(slot.sha256)!;
      blobs.set(blob.oid, { repositoryId, ...blob });
      return { kind: 'put', path: slot.path, oid: blob.oid };
    });
    await this.hold([...blobs.values()]);
    return { operations, blobs: [...blobs.values()] };
  }

  private async uploaded(repositoryId: number, files: readonly LfsFile[]): Promise<Map<string, NewBlob>> {
    const hashes = [...new Set(files.map(({ sha256 }) => sha256))];
    const found = new Map<string, NewBlob>();
    for (let at = 0; at < hashes.length; at += LFS_FILES_AT_ONCE) {
      for (const { sha256, size } of await this.arrived(repositoryId, hashes.slice(at, at + LFS_FILES_AT_ONCE))) {
        found.set(sha256, { oid: lfsPointerOid(sha256, size), sha256, size, lfs: true });
      }
    }
    for (const file of files) requireUploaded(file, found.get(file.sha256)?.size);
    return found;
  }

  /** Those of these large files that the repository has; what went straight to the store is looked for there first. */
  private async arrived(repositoryId: number, hashes: readonly string[]): Promise<LfsObjectEntity[]> {
    const known = await this.objects.lfsObjects(repositoryId, hashes);
    if (known.length === hashes.length) return known;
    const here = new Set(known.map(({ sha256 }) => sha256));
    await this.direct.settle(
      repositoryId,
      hashes.filter((sha256) => !here.has(sha256)),
    );
    return this.objects.lfsObjects(repositoryId, hashes);
  }

  /**
   * Makes sure that everything the commit relies on is here and stays: what was stored first may have been collected while the rest
   * came in, if that took very long.
   */
  private async hold(blobs: readonly BlobEntity[]): Promise<void> {
    if (blobs.length === 0) return;
    const hashes = [...new Set(blobs.map(({ sha256 }) => sha256))];
    await this.vault.touch(hashes);
    const lanes = new Lanes(AT_ONCE);
    for (const sha256 of hashes) await lanes.enter(() => this.requireStored(sha256));
    await lanes.empty();
  }

  private async requireStored(sha256: string): Promise<void> {
    if (await this.blobs.has(sha256)) return;
    throw new HubError('BadRequest', `The content ${sha256} is not stored any more: upload it again`);
  }
}

/** @throws HubError BadRequest */
function requireUploaded({ path, sha256, size }: LfsFile, there: number | undefined): void {
  if (there !== undefined && (size === undefined || size === there)) return;
  const fault = there === undefined ? 'was not uploaded to this repository' : `has ${there} bytes, not ${size}`;
  throw new HubError('BadRequest', `${JSON.stringify(path)}: the large file ${sha256} ${fault}`);
}
