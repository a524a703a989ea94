import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, QueryFailedError, type EntityManager, type QueryDeepPartialEntity } from 'typeorm';
import type { AuditAction } from '../../domain/audit-actions.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { NameCheckColumns } from '../../fallback/guard/name-check.entity.js';
import { checkRepoName } from '../../domain/check-name.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { lookupKey } from '../../domain/lookup-key.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
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

/** A change of a repository in the audit log. */
interface Change {
  readonly id: number;
  readonly by: Caller | undefined;
  /** Defaults to a change of settings. */
  readonly action?: AuditAction;
  readonly data?: Readonly<Record<string, unknown>>;
}

type NewName = Pick<RepoEntity, 'namespace' | 'name' | 'lookupKey' | 'ownerId'> &
  Partial<Pick<RepoEntity, 'nameCheck'>>;

/** Renames, deletes, hides and disables repositories. `by` is the caller, for the audit log; undefined for the hub itself. */
@Injectable()
export class RepoChangesService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly missing: MissingRepoCache,
    private readonly quotas: QuotaService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Deletes the repository with its history and former names. Content that no other repository references is garbage-collected later.
   */
  async remove({ id, repo }: LocalRepo, by?: Caller): Promise<void> {
    await this.database.transaction(async (m) => {
      const found = await m.query<unknown[]>('SELECT FROM repositories WHERE id = $1 FOR UPDATE', [id]);
      if (found.length === 0) return;
      await this.audit.record(m, by, { action: 'repo.delete', repositoryId: id });
      await m.delete(RepoEntity, { id });
    });
    await this.missing.delete(lookupKey(repo));
  }

  /**
   * Changes the name, the owner or both. The old name redirects until a new repository uses it.
   *
   * @throws HubError `BadRequest` for an invalid name, `Conflict` if the new name is in use, `QuotaExceeded` if the new owner may not have it
   */
  async move(repository: LocalRepo, { repo: to, ownerId, nameCheck }: Destination, by?: Caller): Promise<void> {
    const { id, ownerId: formerOwner, repo: from } = repository;
    checkRepoName(to.name);
    const row = { namespace: to.namespace, name: to.name, lookupKey: lookupKey(to), ownerId, nameCheck };
    const oldKey = await this.database
      .transaction(async (m) => {
        const key = await (ownerId === formerOwner ? rename(m, id, row) : this.transfer(m, id, row));
        const event = {
          action: 'repo.move',
          repositoryId: id,
          data: { from: repoFullName(from), to: repoFullName(to) },
        } as const;
        await this.audit.record(m, by, event);
        // the log of the former owner has the event as well
        if (ownerId !== formerOwner) await this.audit.record(m, by, { ...event, ownerId: formerOwner });
        return key;
      })
      .catch((error: unknown) => {
        throw isUniqueViolation(error) ? nameTaken(to) : error;
      });
    await this.missing.delete(row.lookupKey);
    await this.missing.delete(oldKey);
  }

  /** A trigger counts the contents for the new owner. The trusted publishers end with their tokens: the new owner has not chosen them. */
  private async transfer(m: EntityManager, id: number, row: NewName): Promise<string> {
    await this.quotas.lock(m, row.ownerId);
    const before = await this.quotas.usedBytes(m, row.ownerId);
    const oldKey = await rename(m, id, row);
    await this.quotas.requireTransfer(m, row.ownerId, before);
    await m.query('DELETE FROM trusted_publishers WHERE repository_id = $1', [id]);
    return oldKey;
  }

  /** Takes effect with the next request. */
  setPrivate({ id }: LocalRepo, isPrivate: boolean, by?: Caller): Promise<void> {
    return this.update({ id, by, data: { private: isPrivate } }, { private: isPrivate });
  }

  /** Takes effect with the next request. Requests for access are kept, also while the repository is not gated, as on huggingface.co. */
  setGate({ id }: LocalRepo, gate: Gate, by?: Caller): Promise<void> {
    return this.update({ id, by, data: { gated: gate } }, { gated: gate === false ? null : gate });
  }

  /** Takes effect with the next request. Disabling a disabled repository keeps its original date. */
  setDisabled({ id }: LocalRepo, disabled: boolean, by?: Caller): Promise<void> {
    const since = disabled ? () => 'coalesce(disabled_at, now())' : null;
    return this.update({ id, by, action: disabled ? 'repo.disable' : 'repo.removeDisable' }, { disabledAt: since });
  }

  private async update(
    { id, by, action = 'repo.update_settings', data }: Change,
    columns: QueryDeepPartialEntity<RepoEntity>,
  ): Promise<void> {
    await this.database.transaction(async (m) => {
      const { affected } = await m.update(RepoEntity, { id }, columns);
      if (affected === 1) await this.audit.record(m, by, { action, repositoryId: id, data });
    });
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
