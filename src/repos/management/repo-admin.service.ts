import { Injectable } from '@nestjs/common';
import { FallbackCacheService } from '../../fallback/cache/fallback-cache.service.js';
import type { Caller } from '../../domain/caller.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { checkRepoId } from '../../domain/check-repo-id.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { AccountsService } from '../../users/accounts.service.js';
import type { LocalRepo } from '../store/local-repo.js';
import { RepoStore } from '../store/repo.store.js';
import { AdminRepoListStore, type AdminRepoPage, type AdminRepoQuery } from '../store/admin-repo-list.store.js';
import { RepoChangesService } from '../store/repo-changes.service.js';
import { RepoCreationService } from '../store/repo-creation.service.js';
import { resolveFullName, type NamedRepo } from './named-repo.js';
import { RepoNames } from './repo-names.service.js';

/** Result of looking up an id on this hub. `moved` is a former name of a repository. */
export const LOCAL_REPO_STATES = ['absent', 'public', 'private', 'disabled', 'moved'] as const;
export type LocalRepoState = (typeof LOCAL_REPO_STATES)[number];

/** A request of an administrator. */
export interface AdminRequest {
  readonly caller: Caller;
  /** Builds the URLs of this hub in errors. */
  readonly urls: UrlBuilder;
}

/**
 * Administrators' actions on any repository. A disabled repository keeps its name: it can be neither read nor changed, and no source is
 * queried for that name.
 */
@Injectable()
export class RepoAdminService {
  constructor(
    private readonly repos: RepoStore,
    private readonly lists: AdminRepoListStore,
    private readonly changes: RepoChangesService,
    private readonly bindings: FallbackCacheService,
    private readonly accounts: AccountsService,
    private readonly creation: RepoCreationService,
    private readonly names: RepoNames,
  ) {}

  /** Includes private and disabled repositories. */
  list(query: AdminRepoQuery): Promise<AdminRepoPage> {
    return this.lists.page(query);
  }

  /**
   * Creates a repository in any namespace of this hub, even if a source has one with this id.
   *
   * @throws HubError `BadRequest` for an invalid id, `NotFound` if there is no such account, `Conflict` if the repository exists,
   * `QuotaExceeded` (409) if the account may have no further repository
   */
  async create(
    { type, name }: Pick<NamedRepo, 'type' | 'name'>,
    isPrivate: boolean,
    { caller, urls }: AdminRequest,
  ): Promise<LocalRepo> {
    const requested = resolveFullName(name, type ?? 'model');
    const owner = await this.accounts.getByName(requested.namespace);
    const repo = { ...requested, namespace: owner.name };
    const nameCheck = await this.names.check(repo, { isAdministrator: true }, urls);
    const input = { repo, ownerName: owner.name, private: isPrivate, nameCheck, by: caller };
    const created = await this.creation.create(input).catch((error: unknown) => {
      throw isQuotaExceeded(error) ? error.with({ status: 409 }) : error; // a 403 would mean a wrong admin token
    });
    await this.bindings.evict(repo);
    return created;
  }

  /** @throws HubError `RepoNotFound`, `BadRequest` for an invalid id */
  async setDisabled(repo: RepoId, disabled: boolean, caller: Caller): Promise<LocalRepo> {
    const repository = await this.existing(repo);
    await this.changes.setDisabled(repository, disabled, caller);
    return { ...repository, disabled };
  }

  /**
   * Permanently deletes the repository.
   *
   * @throws HubError as `setDisabled`
   */
  async remove(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    const repository = await this.existing(repo);
    await this.changes.remove(repository, caller);
    await this.bindings.evict(repository.repo);
    return repository;
  }

  /** Looks up an id on this hub. */
  async stateOf(repo: RepoId): Promise<LocalRepoState> {
    const found = await this.repos.find(repo);
    if (!found) return (await this.repos.findMoved(repo)) ? 'moved' : 'absent';
    if (found.disabled) return 'disabled';
    return found.private ? 'private' : 'public';
  }

  private async existing(repo: RepoId): Promise<LocalRepo> {
    const found = await this.repos.find(checkRepoId(repo));
    if (!found) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    return found;
  }
}

const isQuotaExceeded = (error: unknown): error is HubError =>
  error instanceof HubError && error.code === 'QuotaExceeded';
