import { Injectable, Logger } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { XorbStore } from './xorb.store.js';

const SIX_HOURS_MS = 6 * 3_600_000;
/** Runs before the first garbage collection after startup, which then deletes the content of expired xorbs. */
const FIRST_SWEEP_MS = 4 * 60_000;

/** Deletes xorbs that are no longer in the cache of any client. Garbage collection then deletes content that only they referred to. */
@Injectable()
export class XorbExpiry {
  private readonly logger = new Logger('Xet');

  constructor(private readonly xorbs: XorbStore) {}

  @Timeout(FIRST_SWEEP_MS)
  first(): Promise<void> {
    return this.sweep();
  }

  @Interval(SIX_HOURS_MS)
  async sweep(): Promise<void> {
    try {
      await this.xorbs.deleteExpired();
    } catch (err) {
      this.logger.error({ err }, 'Could not delete expired xorbs. The next attempt is in six hours.');
    }
  }
}
