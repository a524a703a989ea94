import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { LfsObject } from './wire/lfs.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import type { PutOptions, StoredBlob } from '../../platform/storage/blob-store.js';
import { QuotaService, RUNNING_S } from '../quota/quota.service.js';
import { ContentReferences, type IncomingContent } from './content-references.service.js';
import { ObjectStore } from './object.store.js';

/** An LFS object whose content arrives. */
export type AnnouncedObject = StoredBlob & Pick<PutOptions, 'memory'>;

/** An LFS object, and its content. */
export interface IncomingObject extends IncomingContent {
  readonly announced: AnnouncedObject;
}

/**
 * LFS objects of repositories. They are recorded per repository, because knowing a hash must not give access to another repository's
 * content.
 */
@Injectable()
export class LfsObjectsService {
  constructor(
    private readonly references: ContentReferences,
    private readonly objects: ObjectStore,
    private readonly quotas: QuotaService,
  ) {}

  /**
   * Stores the content of an LFS object. All of it is read, even if the store has it already.
   *
   * @throws HubError `QuotaExceeded`, before the content is read; `BadRequest` if the content has another SHA-256 or size; nothing is
   * stored then
   */
  receive(repositoryId: number, content: AsyncIterable<Uint8Array>, announced: AnnouncedObject): Promise<void> {
    return this.admitted(repositoryId, [announced], async () => [await this.references.receive(content, announced)]);
  }

  /**
   * Stores the contents of several LFS objects as `receive` does, a few at a time and with few queries.
   *
   * @throws HubError as `receive`; no object is recorded then
   */
  receiveAll(repositoryId: number, objects: readonly IncomingObject[], concurrency: number): Promise<void> {
    const announced = objects.map((object) => object.announced);
    return this.admitted(repositoryId, announced, () => this.references.receiveAll(objects, concurrency));
  }

  private async admitted(
    repositoryId: number,
    announced: readonly StoredBlob[],
    store: () => Promise<StoredBlob[]>,
  ): Promise<void> {
    const wanted = announced.map(({ sha256, size }) => ({ key: sha256, bytes: size }));
    await this.quotas.admit(repositoryId, wanted, { seconds: RUNNING_S });
    try {
      const stored = await store();
      await this.quotas.admit(repositoryId, wanted); // the upload may have taken longer than its reservation
      await this.addAll(repositoryId, stored);
    } catch (error) {
      await this.quotas.giveBack(
        repositoryId,
        wanted.map(({ key }) => key),
      );
      throw error;
    }
  }

  /** Stores content whose size, and possibly hash, is not known in advance. */
  async receiveUnhashed(
    repositoryId: number,
    content: AsyncIterable<Uint8Array>,
    sha256?: string,
  ): Promise<StoredBlob> {
    const stored = await this.references.putUnhashed(content, { sha256 });
    await this.quotas.admit(repositoryId, [{ key: stored.sha256, bytes: stored.size }]);
    await this.add(repositoryId, stored);
    return stored;
  }

  /** Sizes in bytes, by hash, of the LFS objects that the repository has. Other hashes are omitted. */
  async present(repositoryId: number, hashes: readonly string[]): Promise<Map<string, number>> {
    const found = await this.objects.lfsObjects(repositoryId, hashes);
    return new Map(found.map(({ sha256, size }) => [sha256, size]));
  }

  /**
   * Like `present`, without objects that the storage does not have completely. Clients upload these again, which replaces them. The others are
   * protected from garbage collection.
   */
  async intact(repositoryId: number, hashes: readonly string[]): Promise<Map<string, number>> {
    const present = [...(await this.present(repositoryId, hashes))].map(([sha256, size]) => ({ sha256, size }));
    if (present.length === 0) return new Map();
    await this.references.touch(present);
    return new Map((await this.references.intact(present)).map(({ sha256, size }) => [sha256, size]));
  }

  /** @throws HubError `NotFound` if the repository has no such LFS object, `BadRequest` if its size differs */
  async require(repositoryId: number, { oid, size }: LfsObject): Promise<void> {
    const found = (await this.present(repositoryId, [oid])).get(oid);
    if (found === undefined)
      throw new HubError('NotFound', `The LFS object ${oid} was not uploaded to this repository`);
    if (found !== size) throw new HubError('BadRequest', `The LFS object ${oid} has ${found} bytes, not ${size}`);
  }

  /**
   * Records that the repository has content that the caller has touched. Idempotent.
   *
   * @throws HubError `RepoNotFound` if the repository was deleted in the meantime
   */
  add(repositoryId: number, content: StoredBlob): Promise<void> {
    return this.addAll(repositoryId, [content]);
  }

  /**
   * Records several contents, as `add`.
   *
   * @throws HubError as `add`
   */
  async addAll(repositoryId: number, contents: readonly StoredBlob[]): Promise<void> {
    try {
      await this.objects.addLfsObjects(repositoryId, contents);
    } catch (cause) {
      if (!isForeignKeyViolation(cause)) throw cause;
      throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE, { cause });
    }
  }
}

/** PostgreSQL error 23503: the referenced row does not exist. */
const isForeignKeyViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23503';
