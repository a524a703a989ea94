import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ReservedNames } from '../fallback/resolver/reserved-names.service.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../platform/cluster/cluster-bus.js';
import { AccountStore } from './account.store.js';

/** Published when the set of reserved accounts may have changed. */
const RESERVED_CHANGED = new Topic<null>('reserved');

/** Polling interval. Polling finds changes whose message from another replica did not arrive. */
const POLL_INTERVAL_MS = 3_000;

/** Loads the reserved names, which are never looked up in sources, and keeps them up to date. */
@Injectable()
export class ReservedAccounts implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Accounts');
  private refreshing: Promise<unknown> = Promise.resolve();
  /** Number of the last read that was started. */
  private lastStarted = 0;
  /** Number of the last read whose result was applied. */
  private lastApplied = 0;

  constructor(
    private readonly accounts: AccountStore,
    private readonly names: ReservedNames,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
  ) {
    cluster.on(RESERVED_CHANGED, () => this.refresh());
    cluster.onGap(() => this.refresh());
  }

  /** Loads the names before the first request. */
  onModuleInit(): Promise<void> {
    return this.refresh();
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
    if (read < this.lastApplied) return; // a later read has finished first
    this.lastApplied = read;
    this.names.replace(names);
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
