import { Inject, Injectable } from '@nestjs/common';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { HubMetrics } from './hub-metrics.js';

/** The versions of this process as a metric, so that dashboards show an update. */
@Injectable()
export class BuildInfo {
  constructor(metrics: HubMetrics, @Inject(HUB_CONFIG) { version }: HubConfig) {
    metrics.gauge(
      {
        name: 'hubfall_build_info',
        help: 'Versions of the hub and of Node.js (always 1)',
        labels: ['version', 'node'],
      },
      () => [{ labels: { version, node: process.versions.node }, value: 1 }],
    );
  }
}
