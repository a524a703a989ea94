import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { blobPrefixesOfHour } from './blob-prefixes.js';
import { CollectorService } from './collector.service.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Runs the garbage collector shortly after startup and then every hour. Replicas may run it concurrently. */
@Injectable()
export class CollectionScheduleService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Collector');

  constructor(private readonly collector: CollectorService) {}

  @Timeout(5 * MINUTE_MS)
  first(): Promise<void> {
    return this.run();
  }

  @Interval(HOUR_MS)
  hourly(): Promise<void> {
    return this.run();
  }

  /** Stops the collector before the database is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.collector.stop();
  }

  private async run(): Promise<void> {
    try {
      await this.collector.collect(blobPrefixesOfHour(new Date()));
    } catch (err) {
      this.logger.error({ err }, 'Garbage collection failed. The next run is in an hour.');
    }
  }
}
