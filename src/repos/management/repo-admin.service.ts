import { Injectable } from '@nestjs/common';
import { FallbackCacheService } from '../../fallback/cache/fallback-cache.service.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { checkRepoId } from '../../domain/check-repo-id.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import type { LocalRepo } from '../store/local-repo.js';
import { RepoStore } from '../store/repo.store.js';
import { AdminRepoListStore, type AdminRepoPage, type AdminRepoQuery } from '../store/admin-repo-list.store.js';
import { RepoChangesService } from '../store/repo-changes.service.js';

/** Result of looking up an id on this hub. `moved` is a former name of a repository. */
export const LOCAL_REPO_STATES = ['absent', 'public', 'private', 'disabled', 'moved'] as const;
export type LocalRepoState = (typeof LOCAL_REPO_STATES)[number];

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
  ) {}

  /** Includes private and disabled repositories. */
  list(query: AdminRepoQuery): Promise<AdminRepoPage> {
    return this.lists.page(query);
  }

  /** @throws HubError `RepoNotFound`, `BadRequest` for an invalid id */
  async setDisabled(repo: RepoId, disabled: boolean): Promise<LocalRepo> {
    const repository = await this.existing(repo);
    await this.changes.setDisabled(repository, disabled);
    return { ...repository, disabled };
  }

  /**
   * Permanently deletes the repository.
   *
   * @throws HubError as `setDisabled`
   */
  async remove(repo: RepoId): Promise<LocalRepo> {
    const repository = await this.existing(repo);
    await this.changes.remove(repository);
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
