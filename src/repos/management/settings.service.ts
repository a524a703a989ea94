import { Injectable } from '@nestjs/common';
import { FallbackCacheService } from '../../fallback/cache/fallback-cache.service.js';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { wantsPrivate } from './wants-private.js';
import { requireGateable } from './require-gateable.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { RepoChangesService } from '../store/repo-changes.service.js';
import type { SettingsResponseDto, SettingsDto } from './dto/settings.dto.js';

/** Updates the settings of a repository. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly changes: RepoChangesService,
    private readonly bindings: FallbackCacheService,
  ) {}

  /**
   * Applies a partial update and returns the resulting settings.
   *
   * @throws HubError `RepoNotFound`, `Unauthorized`, `Forbidden`, `BadRequest`; `NotImplemented` for a protected repository
   */
  async change(repo: RepoId, body: SettingsDto, caller: Caller): Promise<SettingsResponseDto> {
    const repository = await this.access.administrable(repo, caller);
    const requested = wantsPrivate(body);
    const gated = body.gated ?? repository.gated;
    requireGateable(repository.repo, gated);
    if (gated !== repository.gated) await this.changes.setGate(repository, gated, caller);
    if (requested !== undefined) {
      await this.changes.setPrivate(repository, requested, caller);
      await this.bindings.evict(repository.repo);
    }
    const isPrivate = requested ?? repository.private;
    const visibility = isPrivate ? 'private' : 'public';
    return { private: isPrivate, visibility, gated, discussionsDisabled: true, xetEnabled: true };
  }
}
