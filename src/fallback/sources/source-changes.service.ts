import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { FallbackSourcesService } from './fallback-sources.service.js';

const EVERY_MS = 3_000;

/**
 * Reads the table of sources again and again: what another process has changed, and could not tell of, is in force here soon. An embedded
 * database has no other writer.
 */
@Injectable()
export class SourceChangesService implements BeforeApplicationShutdown {
  private reading: Promise<void> = Promise.resolve();

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly sources: FallbackSourcesService,
  ) {}

  /** What cannot be read now is read the next time; whoever needs the database meanwhile says that it is away. */
  @Interval(EVERY_MS)
  look(): void {
    if (this.config.databaseUrl) this.reading = this.sources.refresh().catch(() => undefined);
  }

  /** The database is closed after this. */
  beforeApplicationShutdown(): Promise<void> {
    return this.reading;
  }
}
