import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../hub/language/hub-error.js';
import { checkCommitPath } from '../../hub/rules/check-commit-path.js';
import type { TreeOperation } from '../../hub/rules/commit-plan.js';
import { objectHasher } from '../../hub/rules/git-objects.js';
import { lfsPointerOid } from '../../hub/rules/lfs-pointer.js';
import { BLOB_STORE, type BlobStore, type StoredBlob } from '../../platform/storage/blob-store.js';
import type { BlobEntity } from './blob.entity.js';
import type { CommitOperation } from './commit-input.js';
import { ContentVault } from './content-vault.service.js';
import { ObjectStore } from './object.store.js';

/** A commit's operations with their content stored: what is left is arithmetic on trees. */
export interface TakenIn {
  readonly operations: readonly TreeOperation[];
  readonly blobs: readonly BlobEntity[];
}

/** What stands behind a file, in whatever repository. */
export type FileBlob = Omit<BlobEntity, 'repositoryId'>;

/** Stores the content of a commit before the commit is made, so that nothing is visible whose bytes are not durable. */
@Injectable()
export class ContentIntakeService {
  constructor(
    private readonly objects: ObjectStore,
    private readonly vault: ContentVault,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /** @throws HubError BadRequest for a path that may not be written, or a large file that was not uploaded */
  async take(repositoryId: number, operations: readonly CommitOperation[]): Promise<TakenIn> {
    for (const operation of operations) if (operation.kind !== 'deletedFolder') checkCommitPath(operation.path);
    const blobs = new Map<string, BlobEntity>();
    const taken: TreeOperation[] = [];
    for (const operation of operations) {
      const blob = await this.blobOf(repositoryId, operation);
      if (blob) blobs.set(blob.oid, blob);
      taken.push(blob ? { kind: 'put', path: operation.path, oid: blob.oid } : (operation as TreeOperation));
    }
    return { operations: taken, blobs: [...blobs.values()] };
  }

  private async blobOf(repositoryId: number, operation: CommitOperation): Promise<BlobEntity | undefined> {
    if (operation.kind === 'lfsFile') {
      const { sha256, size } = await this.uploaded(repositoryId, operation);
      return { repositoryId, oid: lfsPointerOid(sha256, size), sha256, size, lfs: true };
    }
    if (operation.kind !== 'file') return undefined;
    return { repositoryId, ...(await this.store(operation.content)) };
  }

  /** Stores a file's content, to be committed to whatever repository. */
  async store(content: AsyncIterable<Uint8Array> | Buffer): Promise<FileBlob> {
    const stored = await this.keep(content);
    return { oid: await this.gitOid(stored, content), ...stored, lfs: false };
  }

  private async uploaded(repositoryId: number, file: CommitOperation & { kind: 'lfsFile' }): Promise<StoredBlob> {
    const object = await this.objects.lfsObject(repositoryId, file.sha256);
    if (!object || (file.size !== undefined && file.size !== object.size)) {
      const what = object ? `has ${object.size} bytes, not ${file.size}` : 'was not uploaded to this repository';
      throw new HubError('BadRequest', `The large file ${file.sha256} ${what}`, { detail: file.path });
    }
    return object;
  }

  private async keep(content: AsyncIterable<Uint8Array> | Buffer): Promise<StoredBlob> {
    if (!Buffer.isBuffer(content)) return this.blobs.put(content);
    return this.vault.keep(content, { sha256: createHash('sha256').update(content).digest('hex') });
  }

  /** Git hashes the length before the content, and a stream's is known only at its end: it is read once more. */
  private async gitOid({ sha256, size }: StoredBlob, content: AsyncIterable<Uint8Array> | Buffer): Promise<string> {
    const hash = objectHasher('blob', size);
    const again = Buffer.isBuffer(content) ? [content] : (this.blobs.open(sha256) as AsyncIterable<Buffer>);
    for await (const chunk of again) hash.update(chunk);
    return hash.digest('hex');
  }
}
