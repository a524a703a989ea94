import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { OutboundDispatcher } from './outbound-dispatcher.js';
import { OutboundModule } from './outbound.module.js';
import { undiciAdapter } from './undici-adapter.js';

/** axios (`HttpService`) for connection tests, with the hub's dispatcher. */
@Module({
  imports: [
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
  exports: [HttpModule],
})
export class OutboundHttpModule {}
