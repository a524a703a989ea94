import { Inject, Injectable } from '@nestjs/common';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../../platform/config/clock.js';
import { HubMetrics, type Sample } from '../../platform/observability/hub-metrics.js';
import { SumStore, type HubTotals } from './sum.store.js';

/** How long totals are not read again, so that a scrape takes one query. */
const MAX_AGE_MS = 10_000;

/**
 * Metrics of the whole hub, from the database. Each replica reports the same values, so dashboards use the maximum of the replicas, not the sum. While the
 * database is not available, the values are missing.
 */
@Injectable()
export class TotalMetrics {
  private totals: Promise<HubTotals | undefined> | undefined;
  private readAt = -Infinity;

  constructor(
    metrics: HubMetrics,
    private readonly sums: SumStore,
    @Inject(MONOTONIC_CLOCK) private readonly clock: MonotonicClock,
  ) {
    metrics.gauge(
      { name: 'hubfall_repositories', help: 'Local repositories of the hub, by type', labels: ['type'] },
      () => this.read(({ repositories }) => byLabel('type', repositories)),
    );
    metrics.gauge({ name: 'hubfall_accounts', help: 'Users and organizations of the hub', labels: ['kind'] }, () =>
      this.read(({ accounts }) => byLabel('kind', accounts)),
    );
    metrics.gauge(
      {
        name: 'hubfall_repository_bytes',
        help: 'Bytes of the files of all repositories in all revisions, counting content once per repository',
        labels: [],
      },
      () => this.read(({ repositoryBytes }) => single(repositoryBytes)),
    );
    metrics.gauge(
      { name: 'hubfall_stored_objects', help: 'Distinct contents in the storage of the hub', labels: [] },
      () => this.read(({ contents }) => single(contents)),
    );
    metrics.gauge(
      { name: 'hubfall_stored_bytes', help: 'Bytes of the contents in the storage of the hub', labels: [] },
      () => this.read(({ contentBytes }) => single(contentBytes)),
    );
  }

  private async read<Label extends string>(samples: (totals: HubTotals) => Sample<Label>[]): Promise<Sample<Label>[]> {
    if (this.clock() - this.readAt > MAX_AGE_MS) {
      this.readAt = this.clock();
      this.totals = this.sums.totals().catch(() => undefined);
    }
    const totals = await this.totals;
    return totals ? samples(totals) : [];
  }
}

const single = (value: number): Sample<never>[] => [{ labels: {}, value }];

const byLabel = <Label extends string>(label: Label, values: Readonly<Record<string, number>>): Sample<Label>[] =>
  Object.entries(values).map(([key, value]) => ({ labels: { [label]: key } as Record<Label, string>, value }));
