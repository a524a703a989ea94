import { Injectable } from '@nestjs/common';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';
import { FallbackCacheService } from './fallback-cache.service.js';
import { MetadataMemory } from './metadata-memory.service.js';

/** How the cache of bindings is doing, for Prometheus. */
@Injectable()
export class CacheMetrics {
  constructor(metrics: HubMetrics, cache: FallbackCacheService, metadata: MetadataMemory) {
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
    const memory = (field: keyof MetadataMemory['own']) => () => [{ labels: {}, value: metadata.own[field] }];
    metrics.total(
      { name: 'hubfall_fallback_metadata_hits_total', help: 'Answers about commits told from memory', labels: [] },
      memory('hits'),
    );
    metrics.total(
      { name: 'hubfall_fallback_metadata_misses_total', help: 'Answers about commits not in memory', labels: [] },
      memory('misses'),
    );
    metrics.gauge(
      { name: 'hubfall_fallback_metadata_bytes', help: 'Memory that answers about commits take', labels: [] },
      memory('bytes'),
    );
  }
}
