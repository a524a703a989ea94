import { HttpCode, Inject, Param, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../domain/caller.js';
import type { UrlBuilder } from '../domain/url-builder.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { CurrentCaller, Urls } from '../platform/http/repo.decorator.js';
import { Route } from '../platform/http/route.decorator.js';
import { DiskFloor } from '../platform/storage/disk-floor.js';
import { CollectionJobs } from '../repos/gc/collection-jobs.service.js';
import { SumStore } from '../repos/quota/sum.store.js';
import { AdminApi } from './admin-api.decorator.js';
import { CollectionDto, CollectionListDto, CollectionParamsDto, toCollectionDto } from './dto/collection.dto.js';
import { ErrorDto } from './dto/outcome.dto.js';
import { StorageFiguresDto } from './dto/storage.dto.js';

/** Storage usage and garbage collection. */
@AdminApi()
export class StorageController {
  constructor(
    private readonly collections: CollectionJobs,
    private readonly sums: SumStore,
    private readonly floor: DiskFloor,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  @Route('admin.storage.read')
  @ApiOperation({ summary: 'Get the amount of stored content' })
  @ApiOkResponse({ type: StorageFiguresDto })
  async read(): Promise<StorageFiguresDto> {
    const [totals, last, free] = [
      await this.sums.totals(),
      await this.collections.lastSucceeded(),
      await this.floor.free(),
    ];
    return {
      contents: totals.contents,
      bytes: totals.contentBytes,
      referenced_bytes: totals.repositoryBytes,
      unneeded: last?.unreferenced ?? null,
      unneeded_at: last?.finishedAt?.toISOString() ?? null,
      free_bytes: Number.isFinite(free) ? free : null,
      min_free_bytes: this.config.limits.minFreeDisk,
    };
  }

  @Route('admin.storage.collect')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Start a garbage collection',
    description:
      'It runs in the background and deletes content that has been unreferenced for a day, as the hub does every hour. The `Location` of the response has ' +
      'its progress. If a collection is already running on any replica, the response is about that one.',
  })
  @ApiAcceptedResponse({ type: CollectionDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'The storage may belong to another hub' })
  async collect(
    @Urls() urls: UrlBuilder,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CollectionDto> {
    const collection = toCollectionDto(await this.collections.startFor(caller));
    response.setHeader('Location', urls.url(`/admin/api/storage/collections/${collection.id}`));
    return collection;
  }

  @Route('admin.storage.collections')
  @ApiOperation({ summary: 'List the last 20 garbage collections of all replicas, newest first' })
  @ApiOkResponse({ type: CollectionListDto })
  async list(): Promise<CollectionListDto> {
    return { collections: (await this.collections.list()).map(toCollectionDto) };
  }

  @Route('admin.storage.collection')
  @ApiOperation({ summary: 'Get the progress or the result of a garbage collection' })
  @ApiOkResponse({ type: CollectionDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async get(@Param() { id }: CollectionParamsDto): Promise<CollectionDto> {
    return toCollectionDto(await this.collections.get(id));
  }
}
