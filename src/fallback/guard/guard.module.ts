import { Module } from '@nestjs/common';
import { FallbackCacheModule } from '../cache/fallback-cache.module.js';
import { FallbackModule } from '../resolver/fallback.module.js';
import { FallbackSourcesModule } from '../sources/fallback-sources.module.js';
import { CheckedSourcesStore } from './checked-sources.store.js';
import { NameLookup } from './name-lookup.service.js';
import { NameReview } from './name-review.service.js';
import { NewSources } from './new-sources.service.js';
import { NamespaceGuard } from './namespace-guard.service.js';

/** Protects the names of sources' repositories and organizations (ADR 17). */
@Module({
  imports: [FallbackModule, FallbackCacheModule, FallbackSourcesModule],
  providers: [NameLookup, NamespaceGuard, NameReview, NewSources, CheckedSourcesStore],
  exports: [NameLookup, NamespaceGuard, NameReview],
})
export class GuardModule {}
