import { Module } from '@nestjs/common';
import { OutboundDispatcher } from './outbound-dispatcher.js';

/** Provides the dispatcher. A separate module, because `HttpModule` needs it as an import. */
@Module({ providers: [OutboundDispatcher], exports: [OutboundDispatcher] })
export class OutboundModule {}
