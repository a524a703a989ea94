import { Inject, Injectable } from '@nestjs/common';
import { FallbackCacheService } from '../../fallback/cache/fallback-cache.service.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId, type RepoType } from '../../domain/repo-id.js';
import { publicId } from '../../domain/lookup-key.js';
import { namedRepo } from './named-repo.js';
import { repoUrl } from '../../domain/repo-url.js';
import { requireWriting } from '../../domain/require-caller.js';
import { wantsPrivate } from './wants-private.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { LocalRepositories } from '../store/local-repositories.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { RepoChangesService } from '../store/repo-changes.service.js';
import type { CreatedDto } from './dto/created.dto.js';
import type { MoveDto } from './dto/move.dto.js';
import type { NamedRepoDto } from './dto/named-repo.dto.js';
import type { NewRepositoryDto } from './dto/new-repository.dto.js';
import { NamespacesService } from './namespaces.service.js';

/**
 * Makes, moves and deletes repositories of this hub. A name that changes hands is forgotten where it was bound to a source, since
 * from then on another repository is meant.
 */
@Injectable()
export class RepoManagementService {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly repositories: LocalRepositories,
    private readonly access: RepoAccessService,
    private readonly changes: RepoChangesService,
    private readonly namespaces: NamespacesService,
    private readonly bindings: FallbackCacheService,
  ) {}

  /**
   * @throws HubError `Unauthorized`, `Forbidden` without the right to create there, `BadRequest` for an impossible name, `Conflict`
   * with the `url` of what is there already (clients read it)
   */
  async create(body: NewRepositoryDto, caller: Caller): Promise<CreatedDto> {
    const { name: author } = requireWriting(caller);
    const isPrivate = wantsPrivate(body) ?? false;
    const repo = namedRepo(body, author);
    const owner = await this.namespaces.writable(repo, caller);
    const named = { ...repo, namespace: owner.name };
    const sdk = repo.type === 'space' ? (body.sdk ?? undefined) : undefined;
    const input = { repo: named, ownerName: owner.name, private: isPrivate, sdk, author };
    const created = await this.repositories.createRepository(input).catch((error: unknown) => {
      throw this.existing(error, named);
    });
    await this.bindings.evict(repo);
    return { url: this.urlOf(created.repo), name: repoFullName(created.repo), id: publicId(created.id) };
  }

  /** @throws HubError `RepoNotFound`, `Unauthorized`, `Forbidden` for who is no admin of its owner */
  async remove(body: NamedRepoDto, caller: Caller): Promise<void> {
    const { name } = requireWriting(caller);
    const repository = await this.access.administrable(namedRepo(body, name), caller);
    await this.changes.remove(repository);
    await this.bindings.evict(repository.repo);
  }

  /** @throws HubError as `remove` and `create` say */
  async move({ fromRepo, toRepo, type }: MoveDto, caller: Caller): Promise<CreatedDto> {
    const { name } = requireWriting(caller);
    const repository = await this.access.administrable(namedRepo({ name: fromRepo, type }, name), caller);
    const to = wholeId(toRepo, repository.repo.type);
    const owner = await this.namespaces.writable(to, caller);
    const named = { ...to, namespace: owner.name };
    await this.changes.move(repository, { repo: named, ownerId: owner.id }).catch((error: unknown) => {
      throw this.existing(error, named);
    });
    await this.bindings.evict(repository.repo);
    await this.bindings.evict(named);
    return { url: this.urlOf(named), name: repoFullName(named), id: publicId(repository.id) };
  }

  private urlOf(repo: RepoId): string {
    return repoUrl(this.config.baseUrl, repo);
  }

  private existing(error: unknown, repo: RepoId): unknown {
    if (!(error instanceof HubError) || error.code !== 'Conflict') return error;
    const body = { url: this.urlOf(repo) };
    return new HubError('Conflict', `You already created this ${repo.type} repo`, { body, cause: error });
  }
}

function wholeId(name: string, type: RepoType): RepoId {
  if (!name.includes('/')) throw new HubError('BadRequest', `"${name}" is not a whole id: toRepo is namespace/name`);
  return namedRepo({ name, type }, '');
}
