import { Module } from '@nestjs/common';
import { OutboundDispatcher } from './dispatcher.js';

/** The one dispatcher, in a module of its own so that `HttpService` can be built on it. */
@Module({ providers: [OutboundDispatcher], exports: [OutboundDispatcher] })
export class OutboundModule {}
