import { Module } from '@nestjs/common';
import { FallbackCacheModule } from '../cache/fallback-cache.module.js';
import { FallbackSourcesModule } from '../sources/fallback-sources.module.js';
import { HUB_CONFIG } from '../../platform/config/hub-config.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { AccountListsService } from './account-lists.service.js';
import { AccountProbe } from './account-probe.service.js';
import { AccountsResolver } from './accounts.resolver.js';
import { ChainService } from './chain.service.js';
import { FALLBACK_POLICY, fallbackPolicy } from './fallback-policy.js';
import { FallbackMetrics } from './fallback-metrics.service.js';
import { FallbackResolver } from './fallback.resolver.js';
import { HubInquiries } from './hub-inquiries.service.js';
import { PicturesResolver } from './pictures.resolver.js';
import { RehearsalService } from './rehearsal.service.js';
import { RememberingProbe } from './remembering-probe.service.js';
import { ReservedNames } from './reserved-names.service.js';
import { ReservedNamesModule } from './reserved-names.module.js';
import { SourcePictures } from './source-pictures.service.js';
import { SourceProbe } from './source-probe.service.js';

@Module({
  imports: [UpstreamModule, FallbackCacheModule, FallbackSourcesModule, ReservedNamesModule],
  providers: [
    FallbackResolver,
    RehearsalService,
    ChainService,
    FallbackMetrics,
    HubInquiries,
    SourceProbe,
    RememberingProbe,
    AccountProbe,
    AccountsResolver,
    AccountListsService,
    PicturesResolver,
    SourcePictures,
    { provide: FALLBACK_POLICY, inject: [HUB_CONFIG, ReservedNames], useFactory: fallbackPolicy },
  ],
  exports: [FallbackMetrics, FallbackResolver, HubInquiries, AccountsResolver, AccountListsService, PicturesResolver],
})
export class FallbackModule {}
