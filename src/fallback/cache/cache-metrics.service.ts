import { Injectable } from '@nestjs/common';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';
import { FallbackCacheService } from './fallback-cache.service.js';
import { CommitMetadataCache } from './commit-metadata-cache.service.js';

/** Metrics of the caches. */
@Injectable()
export class CacheMetrics {
  constructor(metrics: HubMetrics, cache: FallbackCacheService, metadata: CommitMetadataCache) {
    const read = (field: keyof FallbackCacheService['own']) => () => [{ labels: {}, value: cache.own[field] }];
    metrics.total(
      { name: 'hubfall_fallback_cache_hits_total', help: 'Lookups of a repository that found its binding', labels: [] },
      read('hits'),
    );
    metrics.total(
      {
        name: 'hubfall_fallback_cache_misses_total',
        help: 'Lookups of a repository that found no binding',
        labels: [],
      },
      read('misses'),
    );
    metrics.gauge(
      { name: 'hubfall_fallback_cache_size', help: 'Bindings cached by this process', labels: [] },
      read('bindings'),
    );
    metrics.gauge(
      {
        name: 'hubfall_fallback_cache_negative_size',
        help: 'Cached not-found results of this process',
        labels: [],
      },
      read('denials'),
    );
    const metadataFigure = (field: keyof CommitMetadataCache['own']) => () => [
      { labels: {}, value: metadata.own[field] },
    ];
    metrics.total(
      { name: 'hubfall_fallback_metadata_hits_total', help: 'Commit metadata served from the cache', labels: [] },
      metadataFigure('hits'),
    );
    metrics.total(
      { name: 'hubfall_fallback_metadata_misses_total', help: 'Commit metadata that was not in the cache', labels: [] },
      metadataFigure('misses'),
    );
    metrics.gauge(
      { name: 'hubfall_fallback_metadata_bytes', help: 'Bytes of cached commit metadata', labels: [] },
      metadataFigure('bytes'),
    );
  }
}
