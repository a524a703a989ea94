import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { StoredBlob } from '../../platform/storage/blob-store.js';
import type { CommitOperation } from './commit-input.js';
import { DirectUploads } from './direct-uploads.service.js';
import type { NewBlob } from './file-contents.service.js';
import { lfsPointerOid } from './lfs-pointer.js';
import type { LfsObjectEntity } from './lfs-object.entity.js';
import { LfsObjectsService } from './lfs-objects.service.js';
import { rowBatches } from './row-batches.js';
import { ObjectStore } from './object.store.js';

/** A file of a commit that is an LFS object. */
export type LfsFile = CommitOperation & { readonly kind: 'lfsFile' };

/** The LFS objects of commits. */
@Injectable()
export class CommitLfsObjects {
  constructor(
    private readonly objects: ObjectStore,
    private readonly direct: DirectUploads,
    private readonly lfs: LfsObjectsService,
  ) {}

  /** Records objects whose content was inside the commit. */
  async add(repositoryId: number, contents: readonly StoredBlob[]): Promise<void> {
    await this.lfs.addAll(repositoryId, contents);
  }

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

  /** The LFS objects with these hashes, including those that were uploaded directly to the object store and have not been imported yet. */
  private async find(repositoryId: number, hashes: readonly string[]): Promise<LfsObjectEntity[]> {
    const known = await this.lfs.intact(repositoryId, hashes);
    const unknown = hashes.filter((sha256) => !known.has(sha256));
    await this.direct.importArrived(repositoryId, unknown);
    return this.objects.lfsObjects(repositoryId, hashes);
  }
}

/** @throws HubError `BadRequest` if the repository does not have the LFS object with this size */
function requireUploaded({ path, sha256, size }: LfsFile, actualSize: number | undefined): void {
  if (actualSize !== undefined && (size === undefined || size === actualSize)) return;
  const problem =
    actualSize === undefined ? 'was not uploaded to this repository' : `has ${actualSize} bytes, not ${size}`;
  throw new HubError('BadRequest', `${JSON.stringify(path)}: the LFS object ${sha256} ${problem}`);
}
