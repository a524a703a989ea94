import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { BuildInfo } from './build-info.service.js';
import { Components } from './components.service.js';
import { HubMetrics } from './hub-metrics.js';
import { HUB_CONFIG } from '../config/hub-config.js';
import { Spans } from './spans.service.js';

/** Metrics, traces and health. Global, so that all modules can add metrics and components. */
@Global()
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  providers: [HubMetrics, BuildInfo, Components, { provide: Spans, inject: [HUB_CONFIG], useFactory: Spans.create }],
  exports: [TerminusModule, HubMetrics, Components, Spans],
})
export class ObservabilityModule {}
