import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { CacheSpace } from './cache-space.service.js';
import { HeldBytes } from './held-bytes.service.js';
import { HeldContentStore } from './held-content.store.js';

const HOUR_MS = 3_600_000;

/** Removes what a crash or a lower limit has left behind, at startup and every hour. Failures do not stop the hub. */
@Injectable()
export class CacheTidying implements OnModuleInit {
  private readonly logger = new Logger('ContentCache');

  constructor(
    private readonly held: HeldContentStore,
    private readonly space: CacheSpace,
    private readonly bytes: HeldBytes,
  ) {}

  onModuleInit(): Promise<void> {
    return this.tidy();
  }

  @Interval(HOUR_MS)
  async tidy(): Promise<void> {
    if (!this.bytes.isUsable) return;
    try {
      await this.space.shrink();
      await this.bytes.deleteOrphans(this.held);
    } catch (err) {
      this.logger.warn({ err }, 'Failed to tidy the content cache');
    }
  }
}
