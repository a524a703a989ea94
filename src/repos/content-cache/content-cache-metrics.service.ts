import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';
import { CacheSpace } from './cache-space.service.js';
import { ContentCacheFigures } from './content-cache-figures.service.js';
import { Fills } from './fills.service.js';
import { HeldContentStore } from './held-content.store.js';

const FIGURES = { hit: 'hits', fill: 'fills', miss: 'misses' } as const;

/** Metrics of the content cache. */
@Injectable()
export class ContentCacheMetrics {
  private readonly requests: Counter<'source' | 'state'>;

  constructor(
    metrics: HubMetrics,
    held: HeldContentStore,
    space: CacheSpace,
    fills: Fills,
    private readonly figures: ContentCacheFigures,
  ) {
    this.requests = metrics.counter({
      name: 'hubfall_content_cache_requests_total',
      help: 'Downloads from sources with the delivery cache: hit (from this hub), fill (from the source, and then cached) or miss (from the source)',
      labels: ['source', 'state'],
    });
    this.addByteMetrics(metrics);
    // without the database there are no values, but all other metrics
    const usage = (field: 'bytes' | 'files') => () =>
      held.usage().then(
        (found) => [{ labels: {}, value: found[field] }],
        () => [],
      );
    metrics.gauge(
      {
        name: 'hubfall_content_cache_bytes',
        help: 'Cached bytes of files of sources, the same on all replicas',
        labels: [],
      },
      usage('bytes'),
    );
    metrics.gauge(
      { name: 'hubfall_content_cache_files', help: 'Cached files of sources, the same on all replicas', labels: [] },
      usage('files'),
    );
    this.addActivity(metrics, space, fills);
  }

  private addActivity(metrics: HubMetrics, space: CacheSpace, fills: Fills): void {
    metrics.gauge(
      {
        name: 'hubfall_content_cache_fills',
        help: 'Files that this process fetches from sources and caches now',
        labels: [],
      },
      () => [{ labels: {}, value: fills.count }],
    );
    metrics.total(
      {
        name: 'hubfall_content_cache_evictions_total',
        help: 'Files removed by this process to free space',
        labels: [],
      },
      () => [{ labels: {}, value: space.evicted }],
    );
  }

  private addByteMetrics(metrics: HubMetrics): void {
    metrics.total(
      {
        name: 'hubfall_content_cache_served_bytes_total',
        help: 'Bytes of downloads that were served from the content cache, or that filled it',
        labels: [],
      },
      () => [{ labels: {}, value: this.figures.sinceStart.servedBytes }],
    );
    metrics.total(
      {
        name: 'hubfall_content_cache_source_bytes_total',
        help: 'Bytes that the content cache has requested from sources',
        labels: [],
      },
      () => [{ labels: {}, value: this.figures.sinceStart.sourceBytes }],
    );
  }

  /** Counts a download. */
  count(source: string, state: 'hit' | 'fill' | 'miss'): void {
    this.requests.inc({ source, state });
    this.figures.add(FIGURES[state]);
  }
}
