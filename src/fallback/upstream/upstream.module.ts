import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { IdentityModule } from '../../platform/identity/identity.module.js';
import { ConnectionTester } from './connection-test.service.js';
import { OutboundDispatcher } from './outbound-dispatcher.js';
import { OutboundModule } from './outbound.module.js';
import { SourceTokens } from './source-tokens.js';
import { undiciAdapter } from './undici-adapter.js';
import { UpstreamClient } from './upstream-client.js';
import { UpstreamHealth } from './upstream-health.js';

/** Outbound HTTP: `UpstreamClient` for operations, axios (`HttpService`) for connection tests. Both use the same dispatcher. */
@Module({
  imports: [
    IdentityModule,
    OutboundModule,
    HttpModule.registerAsync({
      imports: [OutboundModule],
      inject: [OutboundDispatcher],
      useFactory: (outbound: OutboundDispatcher) => ({
        adapter: undiciAdapter(outbound),
        maxRedirects: 0,
        validateStatus: () => true,
        transformResponse: (data: unknown) => data,
        headers: { 'accept-encoding': 'identity' },
      }),
    }),
  ],
  providers: [UpstreamClient, UpstreamHealth, SourceTokens, ConnectionTester],
  exports: [UpstreamClient, UpstreamHealth, SourceTokens, ConnectionTester, HttpModule],
})
export class UpstreamModule {}
