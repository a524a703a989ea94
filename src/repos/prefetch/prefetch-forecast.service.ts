import { Injectable } from '@nestjs/common';
import { formatBytes } from '../../domain/byte-size.js';
import { HubError } from '../../domain/hub-error.js';
import { DiskFloor } from '../../platform/storage/disk-floor.js';
import { CacheSpace } from '../content-cache/cache-space.service.js';
import { HeldContentStore } from '../content-cache/held-content.store.js';
import { cacheKeyOf } from '../content-cache/cache-key.js';
import { PrefetchPlanner, type PlannedRepo } from './prefetch-planner.service.js';
import type { PrefetchRepo } from './prefetch-job.entity.js';

/** A whole forecast takes at most this time: it is part of a request. */
const MAX_MS = 60_000;

interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** The amount of data of a repository, or the reason why it cannot be cached. */
export interface RepoForecast extends Amount {
  readonly repo: PrefetchRepo;
  readonly planned?: PlannedRepo;
  /** Files that are cached already. */
  readonly held: Amount;
  readonly problem?: string;
}

/** The amount of data that a job would cache. */
export interface PrefetchForecast extends Amount {
  readonly repos: readonly RepoForecast[];
  readonly held: Amount;
  /** Bytes that the content cache may use, and uses. */
  readonly limit: number;
  readonly used: number;
  /** The reason if the files do not fit. */
  readonly spaceProblem: string | undefined;
}

const NOTHING: Amount = { files: 0, bytes: 0 };

/** Forecasts the size of prefetch jobs. */
@Injectable()
export class PrefetchForecasts {
  constructor(
    private readonly planner: PrefetchPlanner,
    private readonly held: HeldContentStore,
    private readonly space: CacheSpace,
    private readonly disk: DiskFloor,
  ) {}

  async forecast(repos: readonly PrefetchRepo[]): Promise<PrefetchForecast> {
    const signal = AbortSignal.timeout(MAX_MS);
    const forecasts: RepoForecast[] = [];
    for (const repo of repos) forecasts.push(await this.forecastOf(repo, signal));
    const { bytes: used } = await this.held.usage();
    const held = sum(forecasts.map((forecast) => forecast.held));
    const { limit } = this.space;
    const total = sum(forecasts);
    const etags = forecasts.flatMap(({ planned }) => planned?.files.map(({ etag }) => etag) ?? []);
    const facts = { limit, used, bytes: total.bytes, missing: total.bytes - held.bytes };
    const pinned = await this.held.pinnedBytes(etags);
    const spaceProblem = spaceProblemOf({ ...facts, pinned, available: await this.disk.available() });
    return { repos: forecasts, ...total, held, limit, used, spaceProblem };
  }

  private async forecastOf(repo: PrefetchRepo, signal: AbortSignal): Promise<RepoForecast> {
    try {
      const planned = await this.planner.plan(repo, signal);
      const etags = planned.files.map(({ etag }) => etag);
      const complete = new Set(await this.held.complete(cacheKeyOf(planned.source), etags));
      const held = planned.files.filter(({ etag }) => complete.has(etag));
      return { repo, planned, ...amountOf(planned.files), held: amountOf(held) };
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return { repo, ...NOTHING, held: NOTHING, problem: error.message };
    }
  }
}

/** The numbers that decide whether files fit, in bytes. */
export interface SpaceFacts {
  readonly limit: number;
  readonly used: number;
  readonly bytes: number;
  /** The part of `bytes` that must be downloaded. */
  readonly missing: number;
  /** Other files that are pinned. */
  readonly pinned: number;
  /** Bytes that the disk may take. */
  readonly available: number;
}

/** The reason if files do not fit into the cache at the same time, even after all files that are not pinned were removed. */
export function spaceProblemOf({ limit, used, bytes, missing, pinned, available }: SpaceFacts): string | undefined {
  if (bytes > limit)
    return 'The files do not fit into the cache. Select fewer files, or increase KOHAKU_HUB_CONTENT_CACHE_SIZE.';
  if (bytes > limit - pinned)
    return `The files do not fit into the cache, because ${formatBytes(pinned)} of other files are pinned. Remove pins, or increase KOHAKU_HUB_CONTENT_CACHE_SIZE.`;
  const removed = Math.max(0, used + missing - limit);
  if (missing - removed > available)
    return `The disk of the hub has space for ${formatBytes(available)} only. Free some space, or select fewer files.`;
  return undefined;
}

const amountOf = (files: readonly { readonly size: number }[]): Amount => ({
  files: files.length,
  bytes: files.reduce((total, { size }) => total + size, 0),
});

const sum = (amounts: readonly Amount[]): Amount => ({
  files: amounts.reduce((total, { files }) => total + files, 0),
  bytes: amounts.reduce((total, { bytes }) => total + bytes, 0),
});
