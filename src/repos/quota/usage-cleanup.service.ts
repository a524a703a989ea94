import { Injectable, Logger } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { QuotaStore } from './quota.store.js';
import { SumStore } from './sum.store.js';

const HOUR_MS = 3_600_000;
const FIRST_MS = 3 * 60_000;

/** Deletes expired reservations, and adds up the changes in the use of each account and in the totals of the hub. Replicas may run it at the same time. */
@Injectable()
export class UsageCleanup {
  private readonly logger = new Logger('Quotas');

  constructor(
    private readonly store: QuotaStore,
    private readonly sums: SumStore,
  ) {}

  @Timeout(FIRST_MS)
  first(): Promise<void> {
    return this.run();
  }

  @Interval(HOUR_MS)
  async run(): Promise<void> {
    try {
      await this.store.tidy();
      await this.sums.tidy();
    } catch (err) {
      this.logger.error({ err }, 'Could not delete expired reservations. The next attempt is in an hour.');
    }
  }
}
