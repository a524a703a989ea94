import { Injectable } from '@nestjs/common';
import { FallbackCacheService } from '../../fallback/cache/fallback-cache.service.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { publicId } from '../../domain/lookup-key.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { requireWriteAccess } from '../../domain/require-caller.js';
import { ContentGate } from '../store/content-gate.service.js';
import type { OpenRepo } from '../store/local-repo.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { RepoDuplicationService } from '../store/repo-duplication.service.js';
import type { CreatedDto } from './dto/created.dto.js';
import type { DuplicateRepositoryDto } from './dto/duplicate-repository.dto.js';
import { resolveNamedRepo } from './named-repo.js';
import { NamespacesService } from './namespaces.service.js';
import { RepoNames } from './repo-names.service.js';
import type { ManagementRequest } from './repo-management.service.js';
import { wantsPrivate } from './wants-private.js';

/** Duplicates local repositories for callers. */
@Injectable()
export class RepoDuplicates {
  constructor(
    private readonly duplication: RepoDuplicationService,
    private readonly access: RepoAccessService,
    private readonly gate: ContentGate,
    private readonly namespaces: NamespacesService,
    private readonly names: RepoNames,
    private readonly bindings: FallbackCacheService,
  ) {}

  /**
   * @throws HubError as `RepoManagementService.create` for the copy; `RepoNotFound` and `GatedRepo` for the original   */
  async duplicate(
    from: RepoId,
    body: DuplicateRepositoryDto,
    { caller, isAdministrator, urls }: ManagementRequest,
  ): Promise<CreatedDto> {
    const { name } = requireWriteAccess(caller);
    const source = await this.original(from, caller);
    const requested = resolveNamedRepo({ name: body.repository, type: from.type }, name);
    const owner = await this.namespaces.writable(requested, caller);
    const repo = { ...requested, namespace: owner.name };
    const nameCheck = await this.names.check(repo, { isAdministrator }, urls);
    const copy = { repo, ownerId: owner.id, private: wantsPrivate(body) ?? source.private, nameCheck, by: caller };
    const created = await this.duplication.duplicate(source, copy).catch((error: unknown) => {
      const isConflict = error instanceof HubError && error.code === 'Conflict';
      throw isConflict ? this.names.existing(repo, 'create', urls, error) : error;
    });
    await this.bindings.evict(requested);
    return { url: urls.repo(created.repo), name: repoFullName(created.repo), id: publicId(created.id) };
  }

  private async original(from: RepoId, caller: Caller): Promise<OpenRepo> {
    const found = await this.access.find(from, caller);
    if (found) return this.gate.open(found, caller);
    const message = `This hub does not have the ${from.type} "${repoFullName(from)}". Only repositories of this hub can be duplicated: download an external one, and upload it to a new repository.`;
    throw new HubError('RepoNotFound', message);
  }
}
