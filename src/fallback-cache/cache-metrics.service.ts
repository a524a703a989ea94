import { Injectable } from '@nestjs/common';
import { HubMetrics } from '../platform/observability/hub-metrics.js';
import { FallbackCacheService } from './fallback-cache.service.js';

/** How the cache of bindings is doing, for Prometheus. */
@Injectable()
export class CacheMetrics {
  constructor(metrics: HubMetrics, cache: FallbackCacheService) {
    const read = (field: keyof FallbackCacheService['own']) => () => [{ labels: {}, value: cache.own[field] }];
    metrics.total(
      { name: 'hubfall_fallback_cache_hits_total', help: 'Repositories whose source was known', labels: [] },
      read('hits'),
    );
    metrics.total(
      { name: 'hubfall_fallback_cache_misses_total', help: 'Repositories whose source was not known', labels: [] },
      read('misses'),
    );
    metrics.gauge(
      { name: 'hubfall_fallback_cache_size', help: 'Bindings in this process', labels: [] },
      read('bindings'),
    );
    metrics.gauge(
      {
        name: 'hubfall_fallback_cache_negative_size',
        help: 'Questions that every source has just denied',
        labels: [],
      },
      read('denials'),
    );
  }
}
