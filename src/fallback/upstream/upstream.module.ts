import { Module } from '@nestjs/common';
import { ClusterModule } from '../../platform/cluster/cluster.module.js';
import { IdentityModule } from '../../platform/identity/identity.module.js';
import { ConnectionTester } from './connection-test.service.js';
import { OutboundHttpModule } from './outbound-http.module.js';
import { NamedUrls } from './named-urls.service.js';
import { OutboundModule } from './outbound.module.js';
import { SharedRateLimits } from './shared-rate-limits.service.js';
import { SourceBandwidth } from './source-bandwidth.service.js';
import { SourceTokens } from './source-tokens.js';
import { UpstreamClient } from './upstream-client.js';
import { UpstreamHealth } from './upstream-health.js';

/** Outbound HTTP: `UpstreamClient` for operations, axios (`HttpService`) for connection tests. Both use the same dispatcher. */
@Module({
  imports: [ClusterModule, IdentityModule, OutboundModule, OutboundHttpModule],
  providers: [
    UpstreamClient,
    UpstreamHealth,
    SharedRateLimits,
    SourceBandwidth,
    SourceTokens,
    ConnectionTester,
    NamedUrls,
  ],
  exports: [
    NamedUrls,
    UpstreamClient,
    UpstreamHealth,
    SharedRateLimits,
    SourceTokens,
    ConnectionTester,
    OutboundHttpModule,
  ],
})
export class UpstreamModule {}
