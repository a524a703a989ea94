import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { Components } from '../../platform/observability/components.service.js';
import { FallbackSourcesService } from './fallback-sources.service.js';
import { FallbackSourcesStore } from './fallback-sources.store.js';

/** Published when the administrator has turned requests to sources off or on. */
const SWITCHED = new Topic<null>('offline-switched');

/** Cause of the offline state; `null` while the hub is online. */
export type OfflineBy = 'environment' | 'administrator' | null;

/** Turns requests to all sources off and on, on all replicas. */
@Injectable()
export class OfflineService {
  private readonly byEnvironment: boolean;

  constructor(
    @Inject(HUB_CONFIG) { fallback }: HubConfig,
    private readonly sources: FallbackSourcesService,
    private readonly store: FallbackSourcesStore,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
    components: Components,
  ) {
    this.byEnvironment = fallback.offline;
    cluster.on(SWITCHED, () => this.sources.refresh());
    components.add({
      name: 'sources',
      isEssential: false,
      facts: () => ({ mode: this.sources.isOffline ? 'offline' : 'online' }),
    });
  }

  /** Null if requests are sent. */
  get by(): OfflineBy {
    if (this.byEnvironment) return 'environment';
    return this.sources.isOffline ? 'administrator' : null;
  }

  /** @throws HubError Conflict if the environment has turned requests off */
  async set(isOffline: boolean, by?: Caller): Promise<void> {
    if (this.byEnvironment)
      throw new HubError('Conflict', 'KOHAKU_HUB_OFFLINE is true. Change it there, and restart the hub.');
    await this.store.setOffline(isOffline, by);
    await this.sources.refresh();
    await this.cluster.publish(SWITCHED, null);
  }
}
