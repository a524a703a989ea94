import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { NameCheckColumns } from '../../fallback/guard/name-check.entity.js';
import { checkRepoName } from '../../domain/check-name.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { lookupKey } from '../../domain/lookup-key.js';
import { QuotaService } from '../quota/quota.service.js';
import type { Gate } from './content-gate.js';
import { MissingRepoCache } from './missing-repo-cache.store.js';
import type { LocalRepo } from './local-repo.js';
import { RepoAliasEntity } from './repo-alias.entity.js';
import { RepoEntity } from './repo.entity.js';
import { nameTaken } from './repo.store.js';

const UNIQUE_VIOLATION = '23505';

/** New id and owner of a repository. */
export interface Destination {
  /** The namespace in the case of the owner's name. */
  readonly repo: RepoId;
  readonly ownerId: number;
  /** Whether sources have the new id; the previous result is kept if omitted. */
  readonly nameCheck?: NameCheckColumns;
}

type NewName = Pick<RepoEntity, 'namespace' | 'name' | 'lookupKey' | 'ownerId'> &
  Partial<Pick<RepoEntity, 'nameCheck'>>;

/** Renames, deletes, hides and disables repositories. */
@Injectable()
export class RepoChangesService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly missing: MissingRepoCache,
    private readonly quotas: QuotaService,
  ) {}

  /**
   * Deletes the repository with its history and former names. Content that no other repository references is garbage-collected later.
   */
  async remove({ id, repo }: LocalRepo): Promise<void> {
    await this.database.manager.delete(RepoEntity, { id });
    await this.missing.delete(lookupKey(repo));
  }

  /**
   * Changes the name, the owner or both. The old name redirects until a new repository uses it.
   *
   * @throws HubError `BadRequest` for an invalid name, `Conflict` if the new name is in use, `QuotaExceeded` if the new owner may not have it
   */
  async move({ id, ownerId: formerOwner }: LocalRepo, { repo: to, ownerId, nameCheck }: Destination): Promise<void> {
    checkRepoName(to.name);
    const row = { namespace: to.namespace, name: to.name, lookupKey: lookupKey(to), ownerId, nameCheck };
    const oldKey = await this.database
      .transaction((m) => (ownerId === formerOwner ? rename(m, id, row) : this.transfer(m, id, row)))
      .catch((error: unknown) => {
        throw isUniqueViolation(error) ? nameTaken(to) : error;
      });
    await this.missing.delete(row.lookupKey);
    await this.missing.delete(oldKey);
  }

  /** A trigger counts the contents for the new owner. */
  private async transfer(m: EntityManager, id: number, row: NewName): Promise<string> {
    await this.quotas.lock(m, row.ownerId);
    const before = await this.quotas.usedBytes(m, row.ownerId);
    const oldKey = await rename(m, id, row);
    await this.quotas.requireTransfer(m, row.ownerId, before);
    return oldKey;
  }

  /** Takes effect with the next request. */
  async setPrivate({ id }: LocalRepo, isPrivate: boolean): Promise<void> {
    await this.database.manager.update(RepoEntity, { id }, { private: isPrivate });
  }

  /** Takes effect with the next request. Requests for access are kept, also while the repository is not gated, as on huggingface.co. */
  async setGate({ id }: LocalRepo, gate: Gate): Promise<void> {
    await this.database.manager.update(RepoEntity, { id }, { gated: gate === false ? null : gate });
  }

  /** Takes effect with the next request. Disabling a disabled repository keeps its original date. */
  async setDisabled({ id }: LocalRepo, disabled: boolean): Promise<void> {
    const since = disabled ? () => 'coalesce(disabled_at, now())' : null;
    await this.database.manager.update(RepoEntity, { id }, { disabledAt: since });
  }
}

/**
 * Returns the previous lookup key. The row is locked, so that each of two concurrent moves sees the name it replaces.
 */
async function rename(m: EntityManager, id: number, row: NewName): Promise<string> {
  const before = await m.findOne(RepoEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!before) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
  await m.update(RepoEntity, { id }, row);
  await m.delete(RepoAliasEntity, { lookupKey: row.lookupKey });
  const oldKey = before.lookupKey;
  // Lookup ignores case, so a change of case needs no alias.
  if (oldKey !== row.lookupKey) await m.upsert(RepoAliasEntity, { lookupKey: oldKey, repositoryId: id }, ['lookupKey']);
  return oldKey;
}

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: string }).code === UNIQUE_VIOLATION;
