import { Module } from '@nestjs/common';
import { IdentityModule } from '../../platform/identity/identity.module.js';
import { ConnectionTester } from './connection-test.service.js';
import { OutboundHttpModule } from './outbound-http.module.js';
import { OutboundModule } from './outbound.module.js';
import { SourceTokens } from './source-tokens.js';
import { UpstreamClient } from './upstream-client.js';
import { UpstreamHealth } from './upstream-health.js';

/** Outbound HTTP: `UpstreamClient` for operations, axios (`HttpService`) for connection tests. Both use the same dispatcher. */
@Module({
  imports: [IdentityModule, OutboundModule, OutboundHttpModule],
  providers: [UpstreamClient, UpstreamHealth, SourceTokens, ConnectionTester],
  exports: [UpstreamClient, UpstreamHealth, SourceTokens, ConnectionTester, OutboundHttpModule],
})
export class UpstreamModule {}
