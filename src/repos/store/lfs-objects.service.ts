import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { LfsObject } from './wire/lfs.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import type { StoredBlob } from '../../platform/storage/blob-store.js';
import { ContentReferences } from './content-references.service.js';
import { ObjectStore } from './object.store.js';

/** The large files of repositories: each repository has its own, since knowing a hash must not open somebody else's content. */
@Injectable()
export class LfsObjectsService {
  constructor(
    private readonly vault: ContentReferences,
    private readonly objects: ObjectStore,
  ) {}

  /**
   * Takes a large file's content, which commits of this repository may then name. All of it is read, also where the store has it.
   * @throws HubError `BadRequest` when the content has another SHA-256 or size; then nothing is kept
   */
  async receive(repositoryId: number, content: AsyncIterable<Uint8Array>, announced: StoredBlob): Promise<void> {
    await this.note(repositoryId, await this.vault.receive(content, announced));
  }

  /** The same for content whose size, and perhaps hash, is known only when it was read. */
  async receiveUnmeasured(
    repositoryId: number,
    content: AsyncIterable<Uint8Array>,
    sha256?: string,
  ): Promise<StoredBlob> {
    const stored = await this.vault.keepUnnamed(content, { sha256 });
    await this.note(repositoryId, stored);
    return stored;
  }

  /** Which of these large files the repository has, with their sizes in bytes. */
  async present(repositoryId: number, hashes: readonly string[]): Promise<Map<string, number>> {
    const found = await this.objects.lfsObjects(repositoryId, hashes);
    return new Map(found.map(({ sha256, size }) => [sha256, size]));
  }

  /** @throws HubError `NotFound` when the repository has no such large file, `BadRequest` when it has another size */
  async require(repositoryId: number, { oid, size }: LfsObject): Promise<void> {
    const found = (await this.present(repositoryId, [oid])).get(oid);
    if (found === undefined)
      throw new HubError('NotFound', `The large file ${oid} was not uploaded to this repository`);
    if (found !== size) throw new HubError('BadRequest', `The large file ${oid} has ${found} bytes, not ${size}`);
  }

  /**
   * Says that the repository has this content, which the caller has touched. Saying it again is fine.
   * @throws HubError `RepoNotFound` when the repository was deleted meanwhile
   */
  async note(repositoryId: number, { sha256, size }: StoredBlob): Promise<void> {
    try {
      await this.objects.addLfsObject({ repositoryId, sha256, size });
    } catch (cause) {
      if (!isMissingReference(cause)) throw cause;
      throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE, { cause });
    }
  }
}

/** PostgreSQL's word for a row that refers to one that is not there. */
const isMissingReference = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23503';
