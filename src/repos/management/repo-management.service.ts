import { Injectable } from '@nestjs/common';
import { CallersService } from '../../users/callers.service.js';
import { FallbackCacheService } from '../../fallback/cache/fallback-cache.service.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { lookupKey, publicId } from '../../domain/lookup-key.js';
import type { RequestFacts } from '../../platform/http/hub-request.js';
import type { LocalRepo } from '../store/local-repo.js';
import { resolveFullName, resolveNamedRepo, type NamedRepo } from './named-repo.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { requireWriteAccess } from '../../domain/require-caller.js';
import { firstFiles } from './first-files.js';
import { wantsPrivate } from './wants-private.js';
import { requireGateable } from './require-gateable.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { RepoChangesService } from '../store/repo-changes.service.js';
import { RepoCreationService } from '../store/repo-creation.service.js';
import type { CreatedDto } from './dto/created.dto.js';
import type { MoveDto } from './dto/move.dto.js';
import type { NamedRepoDto } from './dto/named-repo.dto.js';
import type { NewRepositoryDto } from './dto/new-repository.dto.js';
import { NamespacesService } from './namespaces.service.js';
import { RepoNames } from './repo-names.service.js';

/** The origin of a request to create, move or delete a repository. */
export interface ManagementRequest {
  readonly caller: Caller;
  /** Builds the URLs of this hub in the response. */
  readonly urls: UrlBuilder;
  /** Whether the request has the admin token, which allows ids that a source has. */
  readonly isAdministrator: boolean;
  /** Receives the repository that the body names. */
  readonly facts: RequestFacts;
}

/**
 * Creates, moves and deletes local repositories for callers. When a name starts or stops being local, its binding is evicted from the
 * cache, because the name now refers to another repository.
 */
@Injectable()
export class RepoManagementService {
  constructor(
    private readonly creation: RepoCreationService,
    private readonly access: RepoAccessService,
    private readonly changes: RepoChangesService,
    private readonly namespaces: NamespacesService,
    private readonly bindings: FallbackCacheService,
    private readonly names: RepoNames,
    private readonly callers: CallersService,
  ) {}

  /**
   * @throws HubError `Unauthorized`, `Forbidden` if the caller cannot create repositories in the namespace, `BadRequest` for an invalid
   * name or file, `Conflict` if the repository exists here or at a source; clients read its `url` from that response
   */
  async create(body: NewRepositoryDto, { caller, isAdministrator, urls }: ManagementRequest): Promise<CreatedDto> {
    const { name: author } = requireWriteAccess(caller);
    const isPrivate = wantsPrivate(body) ?? false;
    const requested = resolveNamedRepo(body, author);
    const owner = await this.namespaces.writable(requested, caller);
    const repo = { ...requested, namespace: owner.name };
    const sdk = body.sdk ?? undefined;
    if (sdk !== undefined && repo.type !== 'space')
      throw new HubError('BadRequest', 'Only spaces have an SDK. Omit "sdk", or set "type" to "space".');
    const gated = body.gated ?? false;
    requireGateable(repo, gated);
    const files = firstFiles({ repo, sdk, license: body.license ?? undefined, files: body.files ?? [] });
    const nameCheck = await this.names.check(repo, { isAdministrator }, urls);
    const input = { repo, ownerName: owner.name, private: isPrivate, gated, sdk, author, files, nameCheck, by: caller };
    const created = await this.creation.create(input).catch((error: unknown) => {
      throw isConflict(error) ? this.names.existing(repo, 'create', urls, error) : error;
    });
    await this.bindings.evict(requested);
    return createdDto(created, urls);
  }

  /** @throws HubError `RepoNotFound`, `Unauthorized`, `Forbidden` if the caller is not an admin of the owner */
  async remove(body: NamedRepoDto, request: ManagementRequest): Promise<void> {
    const { caller } = request;
    const repository = await this.administrable(body, request);
    await this.changes.remove(repository, caller);
    await this.bindings.evict(repository.repo);
  }

  /** @throws HubError as `remove` for the current name, as `create` for the new one */
  async move({ fromRepo, toRepo, type }: MoveDto, request: ManagementRequest): Promise<CreatedDto> {
    const { caller, isAdministrator, urls } = request;
    const repository = await this.administrable({ name: fromRepo, type }, request);
    const requested = resolveFullName(toRepo, repository.repo.type);
    const owner = await this.namespaces.writable(requested, caller);
    const repo = { ...requested, namespace: owner.name };
    const isSameName = lookupKey(repo) === lookupKey(repository.repo);
    const nameCheck = isSameName ? undefined : await this.names.check(repo, { isAdministrator, action: 'move' }, urls);
    await this.changes.move(repository, { repo, ownerId: owner.id, nameCheck }, caller).catch((error: unknown) => {
      throw isConflict(error) ? this.names.existing(repo, 'move', urls, error) : error;
    });
    if (owner.id !== repository.ownerId) await this.callers.invalidate(repository.ownerId); // its trusted publishers have ended
    await this.bindings.evict(repository.repo);
    await this.bindings.evict(repo);
    return createdDto({ id: repository.id, repo }, urls);
  }

  private administrable(named: NamedRepo, { caller, facts }: ManagementRequest): Promise<LocalRepo> {
    const { name } = requireWriteAccess(caller);
    const repo = resolveNamedRepo(named, name);
    facts.repo = repo;
    return this.access.administrable(repo, caller);
  }
}

const createdDto = ({ id, repo }: { id: number; repo: RepoId }, urls: UrlBuilder): CreatedDto => ({
  url: urls.repo(repo),
  name: repoFullName(repo),
  id: publicId(id),
});

const isConflict = (error: unknown): boolean => error instanceof HubError && error.code === 'Conflict';
