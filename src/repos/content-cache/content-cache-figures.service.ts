import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Counts of a period. */
export interface CacheFigures {
  /** Downloads that were served from this hub. */
  readonly hits: number;
  /** Downloads that filled the cache. */
  readonly fills: number;
  /** Downloads from sources that were not cached. */
  readonly misses: number;
  /** Bytes of downloads that were hits or fills. */
  readonly servedBytes: number;
  /** Bytes that the cache has requested from sources. */
  readonly sourceBytes: number;
}

/** The figures of a minute. */
export interface MinuteFigures extends CacheFigures {
  readonly minute: Date;
}

const FLUSH_MS = 10_000;
const NONE: CacheFigures = { hits: 0, fills: 0, misses: 0, servedBytes: 0, sourceBytes: 0 };
const FIELDS = Object.keys(NONE) as (keyof CacheFigures)[];

/** Counts what the content cache does. The figures of an hour are in the database, for all replicas together. */
@Injectable()
export class ContentCacheFigures implements BeforeApplicationShutdown {
  private readonly logger = new Logger('ContentCache');
  private pending: Record<keyof CacheFigures, number> = { ...NONE };
  private total: Record<keyof CacheFigures, number> = { ...NONE };
  private flushing: Promise<unknown> = Promise.resolve();

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The figures of this process since it started. */
  get sinceStart(): CacheFigures {
    return this.total;
  }

  add(field: keyof CacheFigures, amount = 1): void {
    this.pending[field] += amount;
    this.total[field] += amount;
  }

  /** The minutes of the last hour in which something happened, oldest first. */
  async lastHour(): Promise<MinuteFigures[]> {
    await this.flush();
    return this.database.query<MinuteFigures[]>(
      `SELECT minute, hits::float8 AS hits, fills::float8 AS fills, misses::float8 AS misses,
         served_bytes::float8 AS "servedBytes", source_bytes::float8 AS "sourceBytes"
       FROM content_cache_minutes WHERE minute > now() - interval '1 hour' ORDER BY minute`,
    );
  }

  /** Errors are logged: figures are not worth failing for. */
  @Interval(FLUSH_MS)
  flush(): Promise<unknown> {
    this.flushing = this.flushing.then(() => this.store());
    return this.flushing;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private async store(): Promise<void> {
    const figures = this.pending;
    if (FIELDS.every((field) => figures[field] === 0)) return;
    this.pending = { ...NONE };
    try {
      await this.database.query(
        `INSERT INTO content_cache_minutes AS m (minute, hits, fills, misses, served_bytes, source_bytes)
         VALUES (date_trunc('minute', now()), $1, $2, $3, $4, $5)
         ON CONFLICT (minute) DO UPDATE SET hits = m.hits + excluded.hits, fills = m.fills + excluded.fills,
           misses = m.misses + excluded.misses, served_bytes = m.served_bytes + excluded.served_bytes,
           source_bytes = m.source_bytes + excluded.source_bytes`,
        FIELDS.map((field) => figures[field]),
      );
      await this.database.query(`DELETE FROM content_cache_minutes WHERE minute < now() - interval '2 hours'`);
    } catch (err) {
      for (const field of FIELDS) this.pending[field] += figures[field];
      this.logger.warn({ err }, 'Failed to store the figures of the content cache');
    }
  }
}

/** The sums of several minutes. */
export const sumOf = (minutes: readonly CacheFigures[]): CacheFigures =>
  minutes.reduce<CacheFigures>(
    (sum, minute) =>
      Object.fromEntries(FIELDS.map((field) => [field, sum[field] + minute[field]])) as unknown as CacheFigures,
    NONE,
  );
