import { Injectable } from '@nestjs/common';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';
import { FallbackCacheService } from './fallback-cache.service.js';
import { CommitMetadataCache } from './commit-metadata-cache.service.js';

/** Metrics of the caches. */
@Injectable()
export class CacheMetrics {
  constructor(metrics: HubMetrics, cache: FallbackCacheService, metadata: CommitMetadataCache) {
    const bindingStat = (field: keyof FallbackCacheService['own']) => () => [{ labels: {}, value: cache.own[field] }];
    const metadataStat = (field: keyof CommitMetadataCache['own']) => () => [
      { labels: {}, value: metadata.own[field] },
    ];
    const total = (name: MetricName, help: string, read: Read): void => metrics.total({ name, help, labels: [] }, read);
    const gauge = (name: MetricName, help: string, read: Read): void => metrics.gauge({ name, help, labels: [] }, read);
    total('hubfall_fallback_cache_hits_total', 'Lookups of a repository that found its binding', bindingStat('hits'));
    total(
      'hubfall_fallback_cache_misses_total',
      'Lookups of a repository that found no binding',
      bindingStat('misses'),
    );
    gauge('hubfall_fallback_cache_size', 'Bindings cached by this process', bindingStat('bindings'));
    gauge('hubfall_fallback_cache_negative_size', 'Cached not-found results of this process', bindingStat('denials'));
    total('hubfall_fallback_metadata_hits_total', 'Commit metadata served from the cache', metadataStat('hits'));
    total(
      'hubfall_fallback_metadata_misses_total',
      'Commit metadata that was not in the cache',
      metadataStat('misses'),
    );
    gauge('hubfall_fallback_metadata_bytes', 'Bytes of cached commit metadata', metadataStat('bytes'));
  }
}

type MetricName = `hubfall_${string}`;
type Read = () => { labels: object; value: number }[];
