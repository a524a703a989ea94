import { Inject, Injectable } from '@nestjs/common';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { UpstreamClient } from '../upstream/upstream-client.js';

/** Published when an administrator lifts the limits. */
const LIFTED = new Topic<null>('source-limits-lifted');

/** Lifts what keeps this hub from sending requests to sources. Each replica has its own breakers and holds. */
@Injectable()
export class SourceLimitsService {
  constructor(
    private readonly upstream: UpstreamClient,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
  ) {
    cluster.on(LIFTED, () => this.upstream.reset());
  }

  /** Closes all circuit breakers and ends all rate-limit holds, on all replicas. */
  async lift(): Promise<void> {
    this.upstream.reset();
    await this.cluster.publish(LIFTED, null);
  }
}
