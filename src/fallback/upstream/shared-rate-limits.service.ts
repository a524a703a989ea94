import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Source } from '../../domain/source.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { RateLimits, type Hold } from './rate-limits.js';
import type { Budget } from './request-budgets.js';

/** Times are sent as durations, because the clocks of replicas may differ. */
interface Shared {
  readonly source: string;
  readonly holds: readonly (Omit<Hold, 'until'> & { readonly ms: number })[];
  readonly budgets: readonly (Omit<Budget, 'resetsAt'> & { readonly ms: number | null })[];
}

/** Published when a source has reported its limits. */
const REPORTED = new Topic<Shared>('source-rate-limits');
/** Budgets change with every reply, so they are published once in this time. */
const INTERVAL_MS = 1_000;

/** The rate limits of all sources. What one replica learns from a reply, all of them observe. */
@Injectable()
export class SharedRateLimits implements OnApplicationShutdown {
  private readonly limits = new Map<string, RateLimits>();
  private readonly pending = new Map<string, NodeJS.Timeout>();

  constructor(@Inject(CLUSTER_BUS) private readonly cluster: ClusterBus) {
    cluster.on(REPORTED, (shared) => this.adopt(shared));
  }

  onApplicationShutdown(): void {
    for (const timer of this.pending.values()) clearTimeout(timer);
  }

  of(sourceKey: string): RateLimits {
    let limits = this.limits.get(sourceKey);
    if (!limits) {
      limits = new RateLimits(Date.now, (isUrgent) => this.publish(sourceKey, isUrgent));
      this.limits.set(sourceKey, limits);
    }
    return limits;
  }

  /**
   * When background work may send requests to a source again; `undefined` if now. Requests of people come first: background work stops while less than
   * a third of a request budget is left.
   *
   * @param bucket - of `SourceStrategy.rateLimitBucket`
   */
  backgroundHeldUntil({ key, hasCredentials }: Source, bucket: string | undefined): number | undefined {
    return this.limits.get(key)?.backgroundHeldUntil(bucket, hasCredentials ? 'token' : 'anonymous');
  }

  /** Ends the holds of all sources on this replica. */
  reset(): void {
    for (const limits of this.limits.values()) limits.reset();
  }

  delete(sourceKey: string): void {
    this.limits.delete(sourceKey);
  }

  private publish(source: string, isUrgent: boolean): void {
    if (isUrgent) return this.publishNow(source);
    if (this.pending.has(source)) return;
    this.pending.set(source, setTimeout(() => this.publishNow(source), INTERVAL_MS).unref());
  }

  private publishNow(source: string): void {
    clearTimeout(this.pending.get(source));
    this.pending.delete(source);
    const limits = this.limits.get(source);
    if (!limits) return;
    const now = Date.now();
    const holds = limits.activeHolds().map(({ until, ...hold }) => ({ ...hold, ms: until - now }));
    const budgets = limits
      .currentBudgets()
      .map(({ resetsAt, ...budget }) => ({ ...budget, ms: resetsAt === null ? null : resetsAt - now }));
    void this.cluster.publish(REPORTED, { source, holds, budgets }).catch(() => undefined); // the next one follows
  }

  private adopt({ source, holds, budgets }: Shared): void {
    const now = Date.now();
    this.of(source).adopt(
      holds.map(({ ms, ...hold }) => ({ ...hold, until: now + ms })),
      budgets.map(({ ms, ...budget }) => ({ ...budget, resetsAt: ms === null ? null : now + ms })),
    );
  }
}
