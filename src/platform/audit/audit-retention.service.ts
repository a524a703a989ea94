import { Inject, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock } from '../config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Events that are deleted at once, so that no statement takes long. */
const BATCH = 5_000;

/** Deletes old events of the audit log, and old usage, every hour. */
@Injectable()
export class AuditRetention {
  private readonly logger = new Logger('Audit log');

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'audit'>,
  ) {}

  @Interval(HOUR_MS)
  async run(): Promise<void> {
    const { days, downloadDays } = this.config.audit;
    try {
      if (downloadDays > 0) await this.expire(true, this.daysAgo(downloadDays));
      if (days === 0) return;
      await this.expire(false, this.daysAgo(days));
      await this.database.query('DELETE FROM usage_days WHERE day < $1::date', [this.daysAgo(days)]);
    } catch (err) {
      this.logger.warn({ message: 'Failed to delete old events; retrying in an hour', err });
    }
  }

  private daysAgo(days: number): Date {
    return new Date(this.clock().getTime() - days * DAY_MS);
  }

  private async expire(downloads: boolean, before: Date): Promise<void> {
    for (;;) {
      const [row] = await this.database.query<{ expired: number }[]>(
        'SELECT expire_audit_events($1, $2, $3) AS expired',
        [downloads, before, BATCH],
      );
      if (row!.expired < BATCH) return;
    }
  }
}
