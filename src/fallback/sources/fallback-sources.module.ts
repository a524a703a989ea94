import { Module } from '@nestjs/common';
import { AuditModule } from '../../platform/audit/audit.module.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FallbackCacheModule } from '../cache/fallback-cache.module.js';
import { KeptAnswersModule } from '../cache/kept-answers.module.js';
import { IdentityModule } from '../../platform/identity/identity.module.js';
import { SecretKeys } from '../../platform/identity/secret-keys.js';
import { ClusterModule } from '../../platform/cluster/cluster.module.js';
import { OutboundModule } from '../upstream/outbound.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { Deliveries } from './deliveries.service.js';
import { DraftTokensService } from './draft-tokens.service.js';
import { FallbackSource } from './fallback-source.entity.js';
import { KeyRotationService } from './key-rotation.service.js';
import { FallbackSourcesService } from './fallback-sources.service.js';
import { FallbackSourcesStore } from './fallback-sources.store.js';
import { HubSetting } from './hub-setting.entity.js';
import { OfflineService } from './offline.service.js';
import { SourceLimitsService } from './source-limits.service.js';
import { SourceMetrics } from './source-metrics.service.js';
import { SourceChangesService } from './source-changes.service.js';
import { TokenChecks } from './token-checks.service.js';
import { TokenChecksStore } from './token-checks.store.js';
import { TokenCipher } from './token-cipher.js';
import { XetModes } from './xet-modes.service.js';

/** The configured sources. */
@Module({
  imports: [
    AuditModule,
    TypeOrmModule.forFeature([FallbackSource, HubSetting]),
    FallbackCacheModule,
    KeptAnswersModule,
    OutboundModule,
    ClusterModule,
    IdentityModule,
    UpstreamModule,
  ],
  providers: [
    FallbackSourcesStore,
    FallbackSourcesService,
    SourceChangesService,
    SourceLimitsService,
    Deliveries,
    DraftTokensService,
    KeyRotationService,
    SourceMetrics,
    OfflineService,
    TokenChecks,
    TokenChecksStore,
    XetModes,
    {
      provide: TokenCipher,
      inject: [SecretKeys],
      useFactory: (keys: SecretKeys) => new TokenCipher(keys),
    },
  ],
  exports: [
    TokenCipher,
    Deliveries,
    DraftTokensService,
    FallbackSourcesService,
    KeyRotationService,
    OfflineService,
    SourceLimitsService,
    TokenChecks,
    XetModes,
  ],
})
export class FallbackSourcesModule {}
