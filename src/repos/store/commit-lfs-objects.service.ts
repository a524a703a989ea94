import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { StoredBlob } from '../../platform/storage/blob-store.js';
import type { CommitOperation } from './commit-input.js';
import { DirectUploads } from './direct-uploads.service.js';
import type { NewBlob } from './file-contents.service.js';
import { lfsPointerOid } from './lfs-pointer.js';
import { LfsObjectsService } from './lfs-objects.service.js';
import { rowBatches } from './row-batches.js';

/** A file of a commit that is an LFS object. */
export type LfsFile = CommitOperation & { readonly kind: 'lfsFile' };

/** The LFS objects of commits. */
@Injectable()
export class CommitLfsObjects {
  constructor(
    private readonly direct: DirectUploads,
    private readonly lfs: LfsObjectsService,
  ) {}

  /**
   * The blobs of LFS files, by SHA-256.
   *
   * @throws HubError `BadRequest` if an object was not uploaded
   */
  async require(repositoryId: number, files: readonly LfsFile[]): Promise<Map<string, NewBlob>> {
    const found = new Map<string, NewBlob>();
    for (const batch of rowBatches(new Set(files.map(({ sha256 }) => sha256)))) {
      for (const { sha256, size } of await this.find(repositoryId, batch))
        found.set(sha256, { oid: lfsPointerOid(sha256, size), sha256, size, lfs: true });
    }
    for (const file of files) requireUploaded(file, found.get(file.sha256)?.size);
    return found;
  }

  /**
   * The LFS objects with these hashes, including those that were uploaded directly to the object store and have not been imported yet. They are
   * protected from garbage collection.
   *
   * @throws HubError `BadRequest` if the store has lost the content of an object
   */
  private async find(repositoryId: number, hashes: readonly string[]): Promise<StoredBlob[]> {
    const known = await this.lfs.intact(repositoryId, hashes);
    const unknown = hashes.filter((sha256) => !known.has(sha256));
    if (unknown.length > 0) {
      await this.direct.importArrived(repositoryId, unknown);
      for (const [sha256, size] of await this.lfs.intact(repositoryId, unknown)) known.set(sha256, size);
      await this.requireIntact(repositoryId, unknown, known);
    }
    return [...known].map(([sha256, size]) => ({ sha256, size }));
  }

  private async requireIntact(
    repositoryId: number,
    hashes: readonly string[],
    intact: ReadonlyMap<string, number>,
  ): Promise<void> {
    const lost = [...(await this.lfs.present(repositoryId, hashes)).keys()].find((sha256) => !intact.has(sha256));
    if (lost !== undefined) throw notStored(lost);
  }
}

/** The error for content that the store has lost, or has in part. */
export const notStored = (sha256: string): HubError =>
  new HubError('BadRequest', `The content ${sha256} is no longer stored completely. Upload it again.`);

/** @throws HubError `BadRequest` if the repository does not have the LFS object with this size */
function requireUploaded({ path, sha256, size }: LfsFile, actualSize: number | undefined): void {
  if (actualSize !== undefined && (size === undefined || size === actualSize)) return;
  const problem =
    actualSize === undefined ? 'was not uploaded to this repository' : `has ${actualSize} bytes, not ${size}`;
  throw new HubError('BadRequest', `${JSON.stringify(path)}: the LFS object ${sha256} ${problem}`);
}
