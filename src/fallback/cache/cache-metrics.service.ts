import { Injectable } from '@nestjs/common';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';
import { FallbackCacheService } from './fallback-cache.service.js';
import { CommitMetadataCache } from './commit-metadata-cache.service.js';

/** Metrics of the caches. */
@Injectable()
export class CacheMetrics {
  constructor(metrics: HubMetrics, cache: FallbackCacheService, metadata: CommitMetadataCache) {
    const bindingFigure = (field: keyof FallbackCacheService['own']) => () => [{ labels: {}, value: cache.own[field] }];
    const metadataFigure = (field: keyof CommitMetadataCache['own']) => () => [
      { labels: {}, value: metadata.own[field] },
    ];
    const total = (name: MetricName, help: string, read: Read): void => metrics.total({ name, help, labels: [] }, read);
    const gauge = (name: MetricName, help: string, read: Read): void => metrics.gauge({ name, help, labels: [] }, read);
    total('hubfall_fallback_cache_hits_total', 'Lookups of a repository that found its binding', bindingFigure('hits'));
    total(
      'hubfall_fallback_cache_misses_total',
      'Lookups of a repository that found no binding',
      bindingFigure('misses'),
    );
    gauge('hubfall_fallback_cache_size', 'Bindings cached by this process', bindingFigure('bindings'));
    gauge('hubfall_fallback_cache_negative_size', 'Cached not-found results of this process', bindingFigure('denials'));
    total('hubfall_fallback_metadata_hits_total', 'Commit metadata served from the cache', metadataFigure('hits'));
    total(
      'hubfall_fallback_metadata_misses_total',
      'Commit metadata that was not in the cache',
      metadataFigure('misses'),
    );
    gauge('hubfall_fallback_metadata_bytes', 'Bytes of cached commit metadata', metadataFigure('bytes'));
  }
}

type MetricName = `hubfall_${string}`;
type Read = () => { labels: object; value: number }[];
