import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FallbackCacheModule } from '../cache/fallback-cache.module.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { ClusterModule } from '../../platform/cluster/cluster.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { DraftTokensService } from './draft-tokens.service.js';
import { FallbackSource } from './fallback-source.entity.js';
import { FallbackSourcesService } from './fallback-sources.service.js';
import { FallbackSourcesStore } from './fallback-sources.store.js';
import { HubSetting } from './hub-setting.entity.js';
import { SourceLimitsService } from './source-limits.service.js';
import { SourceMetrics } from './source-metrics.service.js';
import { SourceChangesService } from './source-changes.service.js';
import { TokenCipher } from './token-cipher.js';

/** The configured sources. */
@Module({
  imports: [TypeOrmModule.forFeature([FallbackSource, HubSetting]), FallbackCacheModule, ClusterModule, UpstreamModule],
  providers: [
    FallbackSourcesStore,
    FallbackSourcesService,
    SourceChangesService,
    SourceLimitsService,
    DraftTokensService,
    SourceMetrics,
    {
      provide: TokenCipher,
      inject: [HUB_CONFIG],
      useFactory: (config: HubConfig) => new TokenCipher(config.secretKey),
    },
  ],
  exports: [FallbackSourcesService, SourceLimitsService, DraftTokensService],
})
export class FallbackSourcesModule {}
