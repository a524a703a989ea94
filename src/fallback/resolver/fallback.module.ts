import { Module } from '@nestjs/common';
import { HUB_CONFIG } from '../../platform/config/hub-config.js';
import { IdentityModule } from '../../platform/identity/identity.module.js';
import { INSTANCE_ID } from '../../platform/identity/instance-id.js';
import { FallbackCacheModule } from '../cache/fallback-cache.module.js';
import { KeptAnswersModule } from '../cache/kept-answers.module.js';
import { FallbackSourcesModule } from '../sources/fallback-sources.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { AccountListsService } from './account-lists.service.js';
import { AccountProbe } from './account-probe.service.js';
import { AccountsResolver } from './accounts.resolver.js';
import { AvatarsResolver } from './avatars.resolver.js';
import { CachingProbe } from './caching-probe.service.js';
import { ChainDryRun } from './chain-dry-run.service.js';
import { ChainService } from './chain.service.js';
import { FallbackMetrics } from './fallback-metrics.service.js';
import { FALLBACK_POLICY, fallbackPolicy } from './fallback-policy.js';
import { FallbackResolver } from './fallback.resolver.js';
import { FreshnessMetrics } from './freshness-metrics.service.js';
import { HedgeIntervals } from './hedge-intervals.service.js';
import { KeptAvatars } from './kept-avatars.service.js';
import { KeptAbsences } from './kept-absences.service.js';
import { KeptProbe } from './kept-probe.service.js';
import { ReservedNamesModule } from './reserved-names.module.js';
import { ReservedNames } from './reserved-names.service.js';
import { Revalidation } from './revalidation.service.js';
import { SourceAvatars } from './source-avatars.service.js';
import { SourceFanOut } from './source-fan-out.service.js';
import { SourceProbe } from './source-probe.service.js';
import { SourceUrls } from './source-urls.service.js';
import { XetConnections } from './xet-connections.service.js';
import { XetStorage } from './xet-storage.service.js';

@Module({
  imports: [
    IdentityModule,
    UpstreamModule,
    FallbackCacheModule,
    KeptAnswersModule,
    FallbackSourcesModule,
    ReservedNamesModule,
  ],
  providers: [
    FallbackResolver,
    ChainDryRun,
    ChainService,
    FallbackMetrics,
    SourceFanOut,
    SourceProbe,
    SourceUrls,
    CachingProbe,
    FreshnessMetrics,
    KeptAvatars,
    KeptAbsences,
    KeptProbe,
    Revalidation,
    HedgeIntervals,
    AccountProbe,
    AccountsResolver,
    AccountListsService,
    AvatarsResolver,
    SourceAvatars,
    XetConnections,
    XetStorage,
    { provide: FALLBACK_POLICY, inject: [HUB_CONFIG, ReservedNames, INSTANCE_ID], useFactory: fallbackPolicy },
  ],
  exports: [
    AccountProbe,
    FALLBACK_POLICY,
    SourceProbe,
    ChainDryRun,
    FallbackMetrics,
    FallbackResolver,
    SourceFanOut,
    AccountsResolver,
    AccountListsService,
    AvatarsResolver,
    SourceUrls,
    XetConnections,
    XetStorage,
  ],
})
export class FallbackModule {}
