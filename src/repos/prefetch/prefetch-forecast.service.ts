import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
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
}

const NOTHING: Amount = { files: 0, bytes: 0 };

/** Forecasts the size of prefetch jobs. */
@Injectable()
export class PrefetchForecasts {
  constructor(
    private readonly planner: PrefetchPlanner,
    private readonly held: HeldContentStore,
    private readonly space: CacheSpace,
  ) {}

  async forecast(repos: readonly PrefetchRepo[]): Promise<PrefetchForecast> {
    const signal = AbortSignal.timeout(MAX_MS);
    const forecasts: RepoForecast[] = [];
    for (const repo of repos) forecasts.push(await this.forecastOf(repo, signal));
    const { bytes: used } = await this.held.usage();
    const held = sum(forecasts.map((forecast) => forecast.held));
    return { repos: forecasts, ...sum(forecasts), held, limit: this.space.limit, used };
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

const amountOf = (files: readonly { readonly size: number }[]): Amount => ({
  files: files.length,
  bytes: files.reduce((total, { size }) => total + size, 0),
});

const sum = (amounts: readonly Amount[]): Amount => ({
  files: amounts.reduce((total, { files }) => total + files, 0),
  bytes: amounts.reduce((total, { bytes }) => total + bytes, 0),
});
