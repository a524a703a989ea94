import { Injectable, Logger } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { blobPrefixesOfHour } from './blob-prefixes.js';
import { CollectionJobs } from './collection-jobs.service.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Starts the garbage collector shortly after startup and then every hour. Only one of several replicas runs it at a time. */
@Injectable()
export class CollectionScheduleService {
  private readonly logger = new Logger('Collector');

  constructor(private readonly jobs: CollectionJobs) {}

  @Timeout(5 * MINUTE_MS)
  first(): Promise<void> {
    return this.run();
  }

  @Interval(HOUR_MS)
  hourly(): Promise<void> {
    return this.run();
  }

  private async run(): Promise<void> {
    try {
      await this.jobs.start('schedule', blobPrefixesOfHour(new Date()));
    } catch (err) {
      this.logger.error({ err }, 'Garbage collection could not be started. The next attempt is in an hour.');
    }
  }
}
