import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { OutboundDispatcher } from './dispatcher.js';
import { OutboundModule } from './outbound.module.js';
import { SourceTokens } from './source-tokens.js';
import { undiciAdapter } from './undici-adapter.js';
import { UpstreamClient } from './upstream-client.js';
import { UpstreamHealth } from './upstream-health.js';

/** Outbound HTTP: `UpstreamClient` for the operations, `HttpService` for what is not hot. Both leave through one dispatcher. */
@Module({
  imports: [
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
  providers: [UpstreamClient, UpstreamHealth, SourceTokens],
  exports: [UpstreamClient, UpstreamHealth, SourceTokens, HttpModule],
})
export class UpstreamModule {}
