import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { KeptRow } from './kept-text.js';

/** A row to be stored. */
export interface NewKeptRow {
  readonly key: string;
  readonly sourceKey: string;
  readonly repository: string | undefined;
  readonly commit: string | undefined;
  readonly body: Buffer | undefined;
  readonly bytes: number;
  readonly now: number;
}

/** Conditions for removed rows. */
export interface KeptScope {
  readonly repository: string | undefined;
  readonly sourceKey: string | undefined;
}

/** The size of the kept replies. */
export interface KeptUsage {
  readonly count: number;
  readonly bytes: number;
}

/** The kept replies in the database. */
@Injectable()
export class KeptAnswerStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async find(key: string): Promise<KeptRow | undefined> {
    const rows = await this.database.query<KeptRow[]>(
      `SELECT commit, body, checked_at::float8 AS "checkedAt", failed_at::float8 AS "failedAt", read_at::float8 AS "readAt"
       FROM kept_answers WHERE key = $1`,
      [key],
    );
    return rows[0];
  }

  async put({ key, sourceKey, repository, commit, body, bytes, now }: NewKeptRow): Promise<void> {
    await this.database.query(
      `INSERT INTO kept_answers (key, source_key, repository, commit, body, bytes, checked_at, read_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
       ON CONFLICT (key) DO UPDATE SET commit = $4, body = $5, bytes = $6, checked_at = $7, read_at = $7, failed_at = NULL, lease_until = NULL`,
      [key, sourceKey, repository ?? null, commit ?? null, body ?? null, bytes, now],
    );
  }

  /** The source has confirmed the reply. */
  async confirm(key: string, now: number): Promise<void> {
    await this.database.query(
      'UPDATE kept_answers SET checked_at = $2, failed_at = NULL, lease_until = NULL WHERE key = $1 AND checked_at <= $2',
      [key, now],
    );
  }

  /** The source could not be asked. It is not asked again before `until`. */
  async fail(key: string, now: number, until: number): Promise<void> {
    await this.database.query('UPDATE kept_answers SET failed_at = $2, lease_until = $3 WHERE key = $1', [
      key,
      now,
      until,
    ]);
  }

  /** Claims the check of a reply, for one replica. Fails if it was checked since `checkedAt`, or another replica has claimed it. */
  async claim(
    key: string,
    { checkedAt, now, until }: { checkedAt: number; now: number; until: number },
  ): Promise<boolean> {
    const [rows] = await this.database.query<[unknown[], number]>(
      `UPDATE kept_answers SET lease_until = $4
       WHERE key = $1 AND checked_at = $2 AND (lease_until IS NULL OR lease_until <= $3) RETURNING key`,
      [key, checkedAt, now, until],
    );
    return rows.length > 0;
  }

  async noteRead(key: string, now: number): Promise<void> {
    await this.database.query('UPDATE kept_answers SET read_at = $2 WHERE key = $1', [key, now]);
  }

  async remove(key: string): Promise<void> {
    await this.database.query('DELETE FROM kept_answers WHERE key = $1', [key]);
  }

  /** Removes everything that matches, and everything without conditions. Returns the number of removed rows. */
  async removeAll({ repository, sourceKey }: KeptScope): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      'DELETE FROM kept_answers WHERE ($1::varchar IS NULL OR repository = $1) AND ($2::varchar IS NULL OR source_key = $2)',
      [repository ?? null, sourceKey ?? null],
    );
    return count;
  }

  /** Removes the replies of sources that are not among these. */
  async keepOnly(sourceKeys: readonly string[]): Promise<void> {
    await this.database.query('DELETE FROM kept_answers WHERE source_key <> ALL($1::varchar[])', [sourceKeys]);
  }

  /** Number of the stored replies, and the sum of their bytes. */
  async usage(): Promise<KeptUsage> {
    const [usage] = await this.database.query<KeptUsage[]>(
      'SELECT count(*)::int AS count, coalesce(sum(bytes), 0)::float8 AS bytes FROM kept_answers',
    );
    return usage!;
  }

  /**
   * Removes the replies that were read least recently, until the others take up at most `limit` bytes. Those about repositories with pinned files are removed
   * last, because these files cannot be found without them.
   */
  async trim(limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM kept_answers WHERE key IN (
         SELECT key FROM (
           SELECT key, sum(bytes) OVER (ORDER BY repository IS NOT NULL AND repository IN (
             SELECT lower(f.repo_type || ':' || f.repo) FROM held_files f JOIN held_contents h ON h.id = f.content_id
             WHERE h.is_pinned) DESC, read_at DESC, key) AS total FROM kept_answers) ordered
         WHERE total > $1)`,
      [limit],
    );
  }
}
