import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { HubError } from '../../domain/hub-error.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { effectiveQuota } from './effective-quota.js';
import { newBytes, type AnnouncedFile } from './new-bytes.js';
import { quotaExceeded, tooManyRepositories, transferExceedsQuota } from './quota-message.js';
import { QuotaStore, type Namespace, type Wanted } from './quota.store.js';
import { SumStore } from './sum.store.js';
import { UploadLimits } from './upload-limits.service.js';
import { UploadSession } from './upload-session.js';

const HOUR_S = 3600;
/** How long an accepted upload may take to begin. */
export const ANNOUNCED_S = HOUR_S;
/** How long a running upload may take. Links and unfinished parts live as long. */
export const RUNNING_S = 24 * HOUR_S;

/** Details of a reservation. */
export interface AdmitOptions {
  /** How long the space is reserved. */
  readonly seconds?: number;
  /** Bytes that must be free afterwards; 0 by default. */
  readonly spare?: number;
  /** Bytes that the upload will free, at most. Only read if they matter. */
  readonly credit?: () => Promise<number>;
}

/**
 * Decides whether accounts may store more. Each upload reserves space before its first byte is accepted, so that uploads cannot exceed a
 * quota together. A reservation ends when the content has arrived (a trigger counts it instead), or when it expires.
 */
@Injectable()
export class QuotaService {
  constructor(
    private readonly store: QuotaStore,
    private readonly sums: SumStore,
    private readonly limits: UploadLimits,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  /**
   * Reserves space for contents of a repository. Contents that its namespace has already need none. Can be repeated.
   *
   * @throws HubError `QuotaExceeded`, `RepoNotFound` if the repository was deleted
   */
  async admit(repositoryId: number, wanted: readonly Wanted[], options: AdmitOptions = {}): Promise<void> {
    if (wanted.length === 0) return;
    const namespace = await this.namespaceOf(repositoryId);
    await this.reserve(namespace, wanted, options).catch((error: unknown) => {
      this.count(error);
      throw error;
    });
  }

  /**
   * Shortens reservations of an upload that has failed. The client may repeat it at once.
   */
  async giveBack(repositoryId: number, keys: readonly string[], seconds = ANNOUNCED_S): Promise<void> {
    const namespace = await this.store.namespaceOfRepo(repositoryId);
    if (namespace && this.quotaOf(namespace).bytes !== undefined)
      await this.store.release(namespace.id, keys, { seconds });
  }

  /**
   * Checks files whose hashes are not known yet. Only refuses uploads that cannot fit: files of the same size as a content of the
   * namespace may be identical to it, and then need no space.
   *
   * @throws HubError `QuotaExceeded`
   */
  async checkAnnounced(repositoryId: number, files: readonly AnnouncedFile[]): Promise<void> {
    const namespace = await this.namespaceOf(repositoryId);
    const limit = this.quotaOf(namespace).bytes;
    if (limit === undefined) return;
    const use = await this.store.use(namespace.id);
    const left = limit - use.used - use.reserved;
    if (newBytes(files, new Set()) <= left) return;
    const added = newBytes(files, await this.store.sizesIn(namespace.id, [...new Set(files.map(({ size }) => size))]));
    if (added > Math.max(0, left))
      throw this.limits.refuse('quota', quotaExceeded(namespace.name, { ...use, limit }, added));
  }

  /** Starts an upload of many small contents to a repository. Call `close` afterwards. */
  async open(repositoryId: number): Promise<UploadSession> {
    return this.session(await this.namespaceOf(repositoryId));
  }

  /**
   * Starts an upload of the first contents of a new repository.
   *
   * @throws HubError `QuotaExceeded` if the account cannot have another repository
   */
  async openForNewRepo(accountId: number): Promise<UploadSession> {
    const namespace = await this.store.namespace(accountId);
    if (!namespace) throw new HubError('NotFound', 'The owner of the new repository was deleted');
    const limit = this.quotaOf(namespace).repositories;
    const count = limit === undefined ? 0 : ((await this.sums.repositoriesOf([accountId])).get(accountId) ?? 0);
    if (limit !== undefined && count >= limit) throw this.tooMany(namespace, count, limit);
    return this.session(namespace);
  }

  /** Ends the reservation of an upload in the transaction that writes its contents, which counts them, so that no byte is counted twice. */
  async settle(m: EntityManager, { reservation }: UploadSession): Promise<void> {
    if (reservation) await this.store.release(reservation.accountId, [reservation.key], { m });
  }

  /** Locks the account that gets a repository in this transaction, so that its repositories can be counted by `requireRepoCount`. */
  lock(m: EntityManager, accountId: number): Promise<void> {
    return this.store.lock(m, accountId);
  }

  /**
   * Checks the number of repositories after one was added in this transaction, which must have locked the account before.
   *
   * @throws HubError `QuotaExceeded`
   */
  async requireRepoCount(m: EntityManager, accountId: number): Promise<void> {
    const namespace = await this.store.namespace(accountId, m);
    const limit = namespace && this.quotaOf(namespace).repositories;
    if (limit === undefined) return;
    const count = (await this.sums.repositoriesOf([accountId], m)).get(accountId) ?? 0;
    if (count > limit) throw this.tooMany(namespace!, count - 1, limit);
  }

  /**
   * Checks the quotas of an account after a repository was transferred to it in this transaction, which must have locked the account before.
   *
   * @param usedBefore - bytes that the account used before
   * @throws HubError `QuotaExceeded`
   */
  async requireTransfer(m: EntityManager, accountId: number, usedBefore: number): Promise<void> {
    await this.requireRepoCount(m, accountId);
    const namespace = await this.store.namespace(accountId, m);
    const limit = namespace && this.quotaOf(namespace).bytes;
    if (limit === undefined) return;
    const use = await this.store.use(accountId, m);
    if (use.used > usedBefore && use.used + use.reserved > limit)
      throw this.limits.refuse('quota', transferExceedsQuota(namespace!.name, { ...use, limit }));
  }

  /** Bytes that an account uses. */
  async usedBytes(m: EntityManager, accountId: number): Promise<number> {
    return (await this.store.use(accountId, m)).used;
  }

  private session(namespace: Namespace): UploadSession {
    const { bytes } = this.quotaOf(namespace);
    const key = `commit:${randomUUID()}`;
    return new UploadSession({
      reservation: { accountId: namespace.id, key },
      isLimited: bytes !== undefined,
      checkSize: (size, path) => this.limits.requireSize(size, path),
      present: (hashes) => this.store.present(namespace.id, hashes),
      reserve: (total, spare) => this.reserve(namespace, [{ key, bytes: total }], { seconds: RUNNING_S, spare }),
      release: () => this.store.release(namespace.id, [key]),
      refused: (error) => this.count(error),
    });
  }

  private async reserve(
    namespace: Namespace,
    wanted: readonly Wanted[],
    { seconds = ANNOUNCED_S, spare = 0, credit }: AdmitOptions,
  ): Promise<void> {
    const limit = this.quotaOf(namespace).bytes;
    if (limit === undefined) return;
    const reserve = (freed: number): Promise<void> =>
      this.store.reserve(namespace.id, wanted, seconds, ({ used, reserved, added }) => {
        if (added > 0 && used + reserved + added + spare - freed > limit)
          throw quotaExceeded(namespace.name, { used, reserved, limit }, added);
      });
    await reserve(0).catch(async (error: unknown) => {
      if (credit === undefined || !isExceeded(error)) throw error;
      await reserve(await credit());
    });
  }

  private count(error: unknown): void {
    if (isExceeded(error)) this.limits.refuse('quota', error);
  }

  private quotaOf(namespace: Namespace) {
    return effectiveQuota(this.config.limits, namespace);
  }

  private tooMany({ name }: Namespace, count: number, limit: number): HubError {
    return this.limits.refuse('repositories', tooManyRepositories(name, count, limit));
  }

  private async namespaceOf(repositoryId: number): Promise<Namespace> {
    const namespace = await this.store.namespaceOfRepo(repositoryId);
    if (namespace) return namespace;
    throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
  }
}

const isExceeded = (error: unknown): error is HubError => error instanceof HubError && error.code === 'QuotaExceeded';
