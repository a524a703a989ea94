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

/** What a hub may have under an id: nothing, a repository, or the name that one had before. */
export const LOCAL_REPO_STATES = ['absent', 'public', 'private', 'disabled', 'moved'] as const;
export type LocalRepoState = (typeof LOCAL_REPO_STATES)[number];

/**
 * What the hub's administrator does with anybody's repository. A disabled one stays in its place: nobody reads or changes it, and no
 * source is asked for its name.
 */
@Injectable()
export class RepoAdminService {
  constructor(
    private readonly repos: RepoStore,
    private readonly catalogue: AdminRepoListStore,
    private readonly changes: RepoChangesService,
    private readonly bindings: FallbackCacheService,
  ) {}

  /** Private and disabled ones too. */
  list(wish: AdminRepoQuery): Promise<AdminRepoPage> {
    return this.catalogue.page(wish);
  }

  /** @throws HubError `RepoNotFound`, `BadRequest` for what cannot be an id */
  async setDisabled(repo: RepoId, disabled: boolean): Promise<LocalRepo> {
    const repository = await this.existing(repo);
    await this.changes.setDisabled(repository, disabled);
    return { ...repository, disabled };
  }

  /** For good, with all that it has. @throws HubError as `setDisabled` */
  async remove(repo: RepoId): Promise<LocalRepo> {
    const repository = await this.existing(repo);
    await this.changes.remove(repository);
    await this.bindings.evict(repository.repo);
    return repository;
  }

  /** What this hub itself has under an id. */
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
