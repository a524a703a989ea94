import { Inject, Injectable } from '@nestjs/common';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { HubMetrics } from './hub-metrics.js';

/** The version of this process as a metric, so that dashboards show an update. */
@Injectable()
export class BuildInfo {
  constructor(metrics: HubMetrics, @Inject(HUB_CONFIG) { version, buildCommit }: HubConfig) {
    metrics.gauge(
      {
        name: 'hubfall_build_info',
        help: 'Version and commit of the hub, and version of Node.js (always 1)',
        labels: ['version', 'commit', 'node'],
      },
      () => [{ labels: { version, commit: buildCommit, node: process.versions.node }, value: 1 }],
    );
  }
}
