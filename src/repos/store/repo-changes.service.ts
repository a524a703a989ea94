import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { checkRepoName } from '../../domain/check-name.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { lookupKey } from '../../domain/lookup-key.js';
import { MissingRepoCache } from './missing-repo-cache.store.js';
import type { LocalRepo } from './local-repo.js';
import { RepoAliasEntity } from './repo-alias.entity.js';
import { RepoEntity } from './repo.entity.js';

const UNIQUE_VIOLATION = '23505';

/** Where a repository shall go. */
export interface Destination {
  /** Namespace as its owner spells it. */
  readonly repo: RepoId;
  readonly ownerId: number;
}

type NewName = Pick<RepoEntity, 'namespace' | 'name' | 'lookupKey' | 'ownerId'>;

/** Changes repositories as a whole: their name, who may see them, whether they are. */
@Injectable()
export class RepoChangesService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly absent: MissingRepoCache,
  ) {}

  /** With all that it has, and the names that it had. Content that nobody else has either is collected later. */
  async remove({ id, repo }: LocalRepo): Promise<void> {
    await this.database.manager.delete(RepoEntity, { id });
    await this.absent.forget(lookupKey(repo));
  }

  /**
   * Gives a repository another name, another owner or both. Its old name leads to it until something new is created there.
   * @throws HubError `BadRequest` for an impossible name, `Conflict` when there is one of the new name
   */
  async move({ id }: LocalRepo, { repo: to, ownerId }: Destination): Promise<void> {
    checkRepoName(to.name);
    const row = { namespace: to.namespace, name: to.name, lookupKey: lookupKey(to), ownerId };
    const left = await this.database
      .transaction((m) => rename(m, id, row))
      .catch((error: unknown) => {
        throw isTaken(error) ? taken(to) : error;
      });
    await this.absent.forget(row.lookupKey);
    await this.absent.forget(left);
  }

  /** Counts at once: whoever asks from now on is judged by it. */
  async setPrivate({ id }: LocalRepo, isPrivate: boolean): Promise<void> {
    await this.database.manager.update(RepoEntity, { id }, { private: isPrivate });
  }

  /** Counts at once. One that is closed already stays so since it was. */
  async setDisabled({ id }: LocalRepo, disabled: boolean): Promise<void> {
    const since = disabled ? () => 'coalesce(disabled_at, now())' : null;
    await this.database.manager.update(RepoEntity, { id }, { disabledAt: since });
  }
}

/** The key that it had. Two moves at once take turns at its row, so that each knows which name it leaves. */
async function rename(m: EntityManager, id: number, row: NewName): Promise<string> {
  const before = await m.findOne(RepoEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!before) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
  await m.update(RepoEntity, { id }, row);
  await m.delete(RepoAliasEntity, { lookupKey: row.lookupKey });
  const left = before.lookupKey;
  // a name that differs in its case alone is found as it is
  if (left !== row.lookupKey)
    await m.upsert(RepoAliasEntity, { lookupKey: left, repositoryId: id }, ['lookupKey']);
  return left;
}

const taken = (repo: RepoId): HubError =>
  new HubError('Conflict', `There is a ${repo.type} named "${repoFullName(repo)}" already`);

const isTaken = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: string }).code === UNIQUE_VIOLATION;
