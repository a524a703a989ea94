import { Inject, Injectable, Logger } from '@nestjs/common';
import { Interval, Timeout } from '@nestjs/schedule';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';

const MINUTE_MS = 60_000;

/** Tables whose number of pages differs by a fifth from the one in the statistics. Small ones are fast in any case. */
const CHANGED_TABLES = `
  SELECT quote_ident(c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = current_schema() AND c.relkind = 'r'
    AND abs(pg_relation_size(c.oid) / current_setting('block_size')::integer - c.relpages) > c.relpages * 0.2 + 4
  ORDER BY c.relname`;

/**
 * Does for the embedded database what a server does by itself (autovacuum): collects statistics, without which PostgreSQL sorts whole tables for
 * each page of a list, and frees the space of deleted rows. One table at a time, so that requests do not wait for long.
 */
@Injectable()
export class EmbeddedMaintenance {
  private readonly logger = new Logger('Database');

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'databaseUrl'>,
  ) {}

  @Timeout(MINUTE_MS)
  first(): Promise<void> {
    return this.run();
  }

  @Interval(10 * MINUTE_MS)
  async run(): Promise<void> {
    if (this.config.databaseUrl !== undefined) return;
    try {
      const tables = await this.database.query<{ name: string }[]>(CHANGED_TABLES);
      for (const { name } of tables) await this.database.query(`VACUUM (ANALYZE) ${name}`);
    } catch (err) {
      this.logger.warn(
        { err },
        'The statistics of the database could not be updated. The next attempt is in ten minutes.',
      );
    }
  }
}
