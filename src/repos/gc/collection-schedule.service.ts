import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { blobPrefixesOfHour } from './blob-prefixes.js';
import { CollectorService } from './collector.service.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Collects soon after the start, and every hour. Replicas may do so at the same time. */
@Injectable()
export class CollectionScheduleService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Collector');

  constructor(private readonly collector: CollectorService) {}

  @Timeout(5 * MINUTE_MS)
  first(): Promise<void> {
    return this.round();
  }

  @Interval(HOUR_MS)
  hourly(): Promise<void> {
    return this.round();
  }

  /** The database is closed after this. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.collector.stop();
  }

  private async round(): Promise<void> {
    try {
      await this.collector.collect(blobPrefixesOfHour(new Date()));
    } catch (err) {
      this.logger.error({ err }, 'The collection broke off; the next one is in an hour');
    }
  }
}
