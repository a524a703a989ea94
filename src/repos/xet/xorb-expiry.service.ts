import { Injectable, Logger } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { XorbStore } from './xorb.store.js';

const SIX_HOURS_MS = 6 * 3_600_000;
/** Before the first collection after a start, so that this frees what has been forgotten. */
const FIRST_MS = 4 * 60_000;

/** Forgets xorbs that no client can remember any more; what only they have held is then the collector's. */
@Injectable()
export class XorbExpiry {
  private readonly logger = new Logger('Xet');

  constructor(private readonly xorbs: XorbStore) {}

  @Timeout(FIRST_MS)
  first(): Promise<void> {
    return this.sweep();
  }

  @Interval(SIX_HOURS_MS)
  async sweep(): Promise<void> {
    try {
      await this.xorbs.forgetOld();
    } catch (err) {
      this.logger.error({ err }, 'Old xorbs were not forgotten; the next try is in six hours');
    }
  }
}
