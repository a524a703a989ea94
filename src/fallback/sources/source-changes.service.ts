import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { FallbackSourcesService } from './fallback-sources.service.js';

const POLL_INTERVAL_MS = 3_000;

/**
 * Polls the sources in the database, so that changes are applied even if another process could not announce them. Not needed for an embedded
 * database, which has no other writers.
 */
@Injectable()
export class SourceChangesService implements BeforeApplicationShutdown {
  private pending: Promise<void> = Promise.resolve();

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly sources: FallbackSourcesService,
  ) {}

  /** Errors are ignored: the next poll retries, and requests that need the database report its outage. */
  @Interval(POLL_INTERVAL_MS)
  poll(): void {
    if (this.config.databaseUrl) this.pending = this.sources.refresh().catch(() => undefined);
  }

  /** Waits for the last query, since the database is closed afterwards. */
  beforeApplicationShutdown(): Promise<void> {
    return this.pending;
  }
}
