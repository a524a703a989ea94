import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ReservedNames } from '../fallback/resolver/reserved-names.service.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../platform/cluster/cluster-bus.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { AccountStore } from './account.store.js';

/** Published when the set of reserved accounts may have changed. */
const RESERVED_CHANGED = new Topic<null>('reserved');

/** Polling interval. Polling finds changes whose message from another replica did not arrive. */
const POLL_INTERVAL_MS = 3_000;

/**
 * Loads the names that belong to this hub, and keeps them up to date: the names of reserved accounts, which are never looked up in sources, and
 * with `KOHAKU_HUB_FALLBACK_RESERVE_LOCAL_NAMESPACES` the names of all accounts.
 */
@Injectable()
export class ReservedAccounts implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Accounts');
  private refreshing: Promise<unknown> = Promise.resolve();
  /** Number of the last read that was started. */
  private lastStarted = 0;
  /** Number of the last read whose result was applied. */
  private lastApplied = 0;
  private readonly reservesLocal: boolean;
  /** `AccountStore.namesVersion` of the names of all accounts that were applied. */
  private localVersion: string | undefined;

  constructor(
    private readonly accounts: AccountStore,
    private readonly names: ReservedNames,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
    @Inject(HUB_CONFIG) config: Pick<HubConfig, 'fallback'>,
  ) {
    this.reservesLocal = config.fallback.reserveLocalNamespaces;
    cluster.on(RESERVED_CHANGED, () => this.refresh());
    cluster.onGap(() => this.refresh());
  }

  /** Loads the names before the first request. */
  onModuleInit(): Promise<void> {
    return this.refresh();
  }

  /** Call this after an account has been created. It is effective on all replicas when this returns. */
  async publishNewAccount(): Promise<void> {
    if (this.reservesLocal) await this.publishChange();
  }

  /** Call this after a reserved account has been created, changed or deleted. The change is effective on all replicas when this returns. */
  async publishChange(): Promise<void> {
    await this.refresh();
    await this.cluster.publish(RESERVED_CHANGED, null);
  }

  /** Applies the current state of the database on this replica. */
  async refresh(): Promise<void> {
    const read = ++this.lastStarted;
    const names = await this.accounts.reservedNames();
    const local = await this.changedLocalNames();
    if (read < this.lastApplied) return; // a later read has finished first
    this.lastApplied = read;
    this.names.replace(names);
    if (!local) return;
    this.localVersion = local.version;
    this.names.replaceLocal(local.names);
  }

  /** All names with their version, read in this order, so that a change in between is found by the next read. */
  private async changedLocalNames(): Promise<{ version: string; names: string[] } | undefined> {
    if (!this.reservesLocal) return undefined;
    const version = await this.accounts.namesVersion();
    return version === this.localVersion ? undefined : { version, names: await this.accounts.allNames() };
  }

  /** While the database is unavailable, the last known names stay reserved. */
  @Interval(POLL_INTERVAL_MS)
  refreshPeriodically(): void {
    this.refreshing = this.refresh().catch((err: unknown) =>
      this.logger.warn({ err }, 'Could not read the reserved accounts; keeping the last known ones'),
    );
  }

  /** Waits for a running refresh, since the database is closed next. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.refreshing;
  }
}
