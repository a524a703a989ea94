import { Body, HttpCode, Param, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import { HubError } from '../domain/hub-error.js';
import { Route } from '../platform/http/route.decorator.js';
import { KeptAnswerStore } from '../fallback/cache/kept-answer.store.js';
import { CacheSpace } from '../repos/content-cache/cache-space.service.js';
import { ContentCacheAdmin } from '../repos/content-cache/content-cache-admin.service.js';
import { ContentCacheFigures } from '../repos/content-cache/content-cache-figures.service.js';
import { Fills } from '../repos/content-cache/fills.service.js';
import { HeldContentStore } from '../repos/content-cache/held-content.store.js';
import { HeldFileStore } from '../repos/content-cache/held-files.store.js';
import { PinStore } from '../repos/content-cache/pins.store.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import { repoFullName } from '../domain/repo-id.js';
import type { Caller } from '../domain/caller.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import { AdminApi } from './admin-api.decorator.js';
import { ContentCacheStatsDto, toStatsDto } from './dto/content-cache-stats.dto.js';
import {
  CacheEvictionDto,
  HeldFilePageDto,
  HeldRepositoryPageDto,
  ListHeldFilesDto,
  ListHeldRepositoriesDto,
  readCacheCursor,
  toFilePage,
  toRepositoryPage,
} from './dto/content-cache.dto.js';
import { DoneDto, ErrorDto } from './dto/outcome.dto.js';
import { PinDto, PinListDto, PinParamsDto, PinSettingDto, toPin } from './dto/pin.dto.js';
import { RepoParamsDto, toRepoId } from './dto/repo-params.dto.js';

/** The cached files of sources. */
@AdminApi()
export class ContentCacheController {
  constructor(
    private readonly files: HeldFileStore,
    private readonly held: HeldContentStore,
    private readonly pins: PinStore,
    private readonly cache: ContentCacheAdmin,
    private readonly space: CacheSpace,
    private readonly fills: Fills,
    private readonly figures: ContentCacheFigures,
    private readonly kept: KeptAnswerStore,
    private readonly audit: AuditLog,
  ) {}

  @Route('admin.contentCache.list')
  @ApiOperation({ summary: 'List the repositories with cached files' })
  @ApiOkResponse({ type: HeldRepositoryPageDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async list(@Query() { search, cursor, limit }: ListHeldRepositoriesDto): Promise<HeldRepositoryPageDto> {
    const after = readCacheCursor(cursor);
    return toRepositoryPage(await this.files.repositories({ search, after, limit: limit + 1 }), limit);
  }

  @Route('admin.contentCache.stats')
  @ApiOperation({
    summary: 'Get the size of the content cache, and what it did in the last hour',
    description: 'For all replicas together, except `fills_running` and `evictions`, which are those of this replica.',
  })
  @ApiOkResponse({ type: ContentCacheStatsDto })
  async stats(): Promise<ContentCacheStatsDto> {
    const [usage, minutes, kept] = [await this.held.usage(), await this.figures.lastHour(), await this.kept.usage()];
    const { limit, evicted: evictions } = this.space;
    return toStatsDto({ ...usage, limit, evictions, kept, fillsRunning: this.fills.count }, minutes);
  }

  @Route('admin.contentCache.pins')
  @ApiOperation({ summary: 'List the pins' })
  @ApiOkResponse({ type: PinListDto })
  async listPins(): Promise<PinListDto> {
    return { pins: await this.pins.all() };
  }

  @Route('admin.contentCache.pin')
  @ApiOperation({
    summary: 'Add or replace a pin',
    description: 'Cached files that a pin matches are never removed to free space, also those that are cached later.',
  })
  @ApiOkResponse({ type: PinDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'There are too many pins' })
  async pin(
    @Param() { id }: PinParamsDto,
    @Body() setting: PinSettingDto,
    @CurrentCaller() caller: Caller,
  ): Promise<PinDto> {
    const pin = toPin(id, setting);
    await this.audit.act(
      caller,
      (m) => this.pins.put(pin, m),
      () => ({ action: 'content_cache.pin', object: id, data: { ...pin } }),
    );
    return pin;
  }

  @Route('admin.contentCache.unpin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete a pin. The files stay in the cache until their space is needed' })
  @ApiOkResponse({ type: DoneDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async unpin(@Param() { id }: PinParamsDto, @CurrentCaller() caller: Caller): Promise<DoneDto> {
    const isRemoved = await this.audit.act(
      caller,
      (m) => this.pins.remove(id, m),
      (isDone) => (isDone ? { action: 'content_cache.unpin', object: id } : undefined),
    );
    if (!isRemoved) throw new HubError('NotFound', `There is no pin ${id}`);
    return { success: true, message: `Pin ${id} deleted` };
  }

  @Route('admin.contentCache.files')
  @ApiOperation({ summary: 'List the cached files of a repository' })
  @ApiOkResponse({ type: HeldFilePageDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async listFiles(
    @Param() params: RepoParamsDto,
    @Query() { cursor, limit }: ListHeldFilesDto,
  ): Promise<HeldFilePageDto> {
    return toFilePage(await this.files.files(toRepoId(params), readCacheCursor(cursor, true), limit + 1), limit);
  }

  @Route('admin.contentCache.evict')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Remove the files of a repository from the cache',
    description: 'Pinned files, and files that other repositories have as well, are kept.',
  })
  @ApiOkResponse({ type: CacheEvictionDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async evict(@Param() params: RepoParamsDto, @CurrentCaller() caller: Caller): Promise<CacheEvictionDto> {
    const repo = toRepoId(params);
    const event = { action: 'content_cache.evict', object: `${repo.type} ${repoFullName(repo)}` } as const;
    return this.audit.attempt(caller, event, { work: () => this.cache.evict(repo), outcome: (evicted) => evicted });
  }
}
