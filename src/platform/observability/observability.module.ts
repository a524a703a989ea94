import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Components } from './components.service.js';
import { HubMetrics } from './hub-metrics.js';
import { HUB_CONFIG } from '../config/hub-config.js';
import { Spans } from './spans.service.js';

/** How the hub is doing. Global, so that every room may count, and say whether it works. */
@Global()
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  providers: [HubMetrics, Components, { provide: Spans, inject: [HUB_CONFIG], useFactory: Spans.create }],
  exports: [TerminusModule, HubMetrics, Components, Spans],
})
export class ObservabilityModule {}
