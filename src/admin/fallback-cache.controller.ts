import { Param } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { FallbackCacheService } from '../fallback/cache/fallback-cache.service.js';
import { keptRepository, KeptAnswers } from '../fallback/cache/kept-answers.service.js';
import { FallbackSourcesService } from '../fallback/sources/fallback-sources.service.js';
import { SourceLimitsService } from '../fallback/sources/source-limits.service.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import { repoFullName } from '../domain/repo-id.js';
import type { Caller } from '../domain/caller.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import { AdminApi } from './admin-api.decorator.js';
import { CacheStatsDto, ClearedDto, ErrorDto, EvictedDto } from './dto/outcome.dto.js';
import { RepoParamsDto, toRepoId } from './dto/repo-params.dto.js';
import { Route } from '../platform/http/route.decorator.js';

/** The cache of bindings. A binding records which source an external repository was found in. */
@AdminApi()
export class FallbackCacheController {
  constructor(
    private readonly cache: FallbackCacheService,
    private readonly limits: SourceLimitsService,
    private readonly kept: KeptAnswers,
    private readonly sources: FallbackSourcesService,
    private readonly audit: AuditLog,
  ) {}

  @Route('admin.cache.stats')
  @ApiOperation({ summary: 'Get the size and hit rate of the cache' })
  @ApiOkResponse({ type: CacheStatsDto })
  stats(): Promise<CacheStatsDto> {
    return this.cache.stats();
  }

  @Route('admin.cache.clear')
  @ApiOperation({
    summary: 'Clear the cache',
    description:
      'Also removes the kept replies of sources, except of those that are offline, ends the holds of rate-limited sources and closes all circuit breakers, on all replicas.',
  })
  @ApiOkResponse({ type: ClearedDto })
  async clear(@CurrentCaller() caller: Caller): Promise<ClearedDto> {
    const work = async (): Promise<number> => {
      for (const source of this.sources.sources()) if (!source.offline) await this.kept.removeAll({ source });
      const removed = await this.cache.clear();
      await this.limits.lift();
      return removed;
    };
    const outcome = (entries: number): object => ({ entries });
    const size = await this.audit.attempt(caller, { action: 'cache.clear' }, { work, outcome });
    return { success: true, message: `Cache cleared (${size} entries removed)`, old_size: size };
  }

  @Route('admin.cache.evict')
  @ApiOperation({ summary: 'Remove a repository from the cache' })
  @ApiOkResponse({ type: EvictedDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async evict(@Param() params: RepoParamsDto, @CurrentCaller() caller: Caller): Promise<EvictedDto> {
    const repo = toRepoId(params);
    const work = async (): Promise<number> => {
      await this.kept.removeAll({ repository: keptRepository(repo) });
      return this.cache.evict(repo);
    };
    const event = { action: 'cache.evict', object: `${repo.type} ${repoFullName(repo)}` } as const;
    const evicted = await this.audit.attempt(caller, event, { work, outcome: (entries) => ({ entries }) });
    return { success: true, evicted };
  }
}
