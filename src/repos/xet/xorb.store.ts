import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import type { ChunkRun } from './locate-chunks.js';
import { xorbLayout } from './format/xorb.js';
import type { StoredXorb, ChunkUsage } from './stored-xorb.js';
import type { UsedChunks } from './used-chunks.js';
import type { XetGrant } from './xet-grants.service.js';

/**
 * Clients cache for three weeks which chunks they have uploaded (`MDB_SHARD_LOCAL_CACHE_EXPIRATION` of xet-core), and uploads would fail if
 * a cached chunk were deleted. Chunks are retained for a week longer; garbage collection counts these tables as references to content.
 */
const RETENTION_DAYS = 28;

/** A xorb whose bytes have been stored. */
export interface NewXorb {
  readonly hash: string;
  readonly accountId: number;
  /** Repository that it was uploaded to. */
  readonly repositoryId: number;
  /** Hash of its salted bytes in the blob store. */
  readonly sha256: string;
  /** Number of these bytes. */
  readonly size: number;
  readonly headers: Buffer;
}

interface Row {
  readonly id: number;
  readonly hash: string;
  readonly sha256: string | null;
  readonly chunks: Buffer;
}

@Injectable()
export class XorbStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Xorbs by hash, starting with the account's. Any account may use them: the hash is as secret as the content (ADR 76). Unknown hashes are
   * omitted.
   */
  async find(hashes: readonly string[], accountId: number): Promise<Map<string, StoredXorb[]>> {
    const rows = await this.database.query<Row[]>(
      `SELECT xorb.* FROM unnest($1::text[]) AS wanted (hash) CROSS JOIN LATERAL (
         SELECT id, hash, sha256, chunks FROM xet_xorbs x WHERE x.hash = wanted.hash ORDER BY account_id <> $2, id LIMIT 10) xorb`,
      [hashes, accountId],
    );
    const runs = await this.runs(rows.map(({ id }) => id));
    const found = new Map<string, StoredXorb[]>();
    const turns = new EventLoopTurns();
    for (const row of rows) {
      await turns.next();
      const xorb = { ...storedXorb(row), runs: runs.get(row.id) ?? [] };
      found.set(row.hash, [...(found.get(row.hash) ?? []), xorb]);
    }
    return found;
  }

  /** The xorbs with these database ids. */
  async byIds(ids: readonly number[]): Promise<Map<number, StoredXorb>> {
    const rows = await this.database.query<Row[]>('SELECT id, hash, sha256, chunks FROM xet_xorbs WHERE id = ANY($1)', [
      ids,
    ]);
    const runs = await this.runs(ids);
    const found = new Map<number, StoredXorb>();
    const turns = new EventLoopTurns();
    for (const row of rows) {
      await turns.next();
      found.set(row.id, { ...storedXorb(row), runs: runs.get(row.id) ?? [] });
    }
    return found;
  }

  private async runs(xorbIds: readonly number[]): Promise<Map<number, ChunkRun[]>> {
    const rows = await this.database.query<(Omit<ChunkRun, 'offset'> & { id: number; offset: string })[]>(
      `SELECT xorb_id AS id, first_chunk AS first, end_chunk AS "end", sha256, byte_offset AS "offset"
       FROM xet_runs WHERE xorb_id = ANY($1)`,
      [xorbIds],
    );
    const runs = new Map<number, ChunkRun[]>(xorbIds.map((id) => [id, []]));
    for (const { id, offset, ...run } of rows) runs.get(id)!.push({ ...run, offset: Number(offset) });
    return runs;
  }

  /** Hash of the stored bytes of the account's xorb; `undefined` if none are stored. */
  async bytesOf(hash: string, accountId: number): Promise<string | undefined> {
    const [row] = await this.database.query<Pick<Row, 'sha256'>[]>(
      'SELECT sha256 FROM xet_xorbs WHERE hash = $1 AND account_id = $2',
      [hash, accountId],
    );
    return row?.sha256 ?? undefined;
  }

  /** The hashes, among these, of xorbs of the account whose bytes are stored. */
  async withBytes(hashes: readonly string[], accountId: number): Promise<Set<string>> {
    const rows = await this.database.query<{ hash: string }[]>(
      'SELECT hash FROM xet_xorbs WHERE hash = ANY($1) AND account_id = $2 AND sha256 IS NOT NULL',
      [hashes, accountId],
    );
    return new Set(rows.map(({ hash }) => hash));
  }

  /** Adds a xorb, or new bytes of an existing one. The runs of its chunks are retained. */
  async save({ hash, accountId, repositoryId, sha256, size, headers }: NewXorb): Promise<void> {
    await this.database.query(
      `INSERT INTO xet_xorbs (hash, account_id, sha256, chunks, renewed_at, owner_id, stored_bytes)
       VALUES ($1, $2, $3, $4, now(), (SELECT owner_id FROM repositories WHERE id = $5), $6)
       ON CONFLICT (hash, account_id) DO UPDATE
       SET sha256 = excluded.sha256, chunks = excluded.chunks, renewed_at = excluded.renewed_at,
         owner_id = excluded.owner_id, stored_bytes = excluded.stored_bytes`,
      [hash, accountId, sha256, headers, repositoryId, size],
    );
  }

  /** Restarts the retention period, when a client will cache for another three weeks that these xorbs are uploaded. */
  async renew(hashes: readonly string[], accountId: number): Promise<void> {
    await this.database.query('UPDATE xet_xorbs SET renewed_at = now() WHERE hash = ANY($1) AND account_id = $2', [
      hashes,
      accountId,
    ]);
  }

  /** Adds runs of chunks in large files, except those that existing runs contain. */
  async addRuns(used: readonly ChunkUsage[]): Promise<void> {
    const column = (name: keyof ChunkUsage) => used.map((usage) => usage[name]);
    await this.database.query(
      `INSERT INTO xet_runs (xorb_id, first_chunk, end_chunk, sha256, byte_offset)
       SELECT xorb_id, first_chunk, end_chunk, sha256, byte_offset
       FROM unnest($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::bigint[])
         AS new (xorb_id, first_chunk, end_chunk, sha256, byte_offset)
       WHERE EXISTS (SELECT 1 FROM xet_xorbs x WHERE x.id = new.xorb_id)
         AND NOT EXISTS (SELECT 1 FROM xet_runs old WHERE old.xorb_id = new.xorb_id
                         AND old.first_chunk <= new.first_chunk AND old.end_chunk >= new.end_chunk)
       ON CONFLICT DO NOTHING`,
      [column('xorbId'), column('first'), column('end'), column('sha256'), column('offset')],
    );
  }

  /** Deletes all runs of chunks in these large files, which the storage has lost. */
  async deleteRuns(files: readonly string[]): Promise<void> {
    if (files.length > 0) await this.database.query('DELETE FROM xet_runs WHERE sha256 = ANY($1)', [files]);
  }

  /**
   * Removes the reference to the stored bytes from each of these xorbs whose chunks are all in large files.
   *
   * @returns the hashes of the bytes, which can be deleted from the blob store
   */
  async release(ids: readonly number[]): Promise<string[]> {
    // TypeORM returns the rows of an UPDATE and their number
    const [rows] = await this.database.query<[{ sha256: string }[], number]>(
      `WITH whole AS (
         SELECT id, sha256 FROM xet_xorbs x
         WHERE id = ANY($1) AND sha256 IS NOT NULL
           AND int4multirange(int4range(0, octet_length(chunks) / 8))
               <@ (SELECT range_agg(int4range(first_chunk, end_chunk)) FROM xet_runs WHERE xorb_id = x.id)
         FOR UPDATE)
       UPDATE xet_xorbs SET sha256 = NULL FROM whole WHERE xet_xorbs.id = whole.id RETURNING whole.sha256`,
      [ids],
    );
    return rows.map(({ sha256 }) => sha256);
  }

  /**
   * Bytes that `release` would free after these chunks are part of stored files, as far as they count as storage of the repository's owner.
   */
  async releasableBytes({ repositoryId, accountId }: XetGrant, used: readonly UsedChunks[]): Promise<number> {
    const column = (name: keyof UsedChunks) => used.map((usage) => usage[name]);
    const [row] = await this.database.query<{ bytes: string }[]>(
      `WITH used AS (SELECT * FROM unnest($1::text[], $2::integer[], $3::integer[]) AS used (hash, first_chunk, end_chunk))
       SELECT coalesce(sum(stored_bytes), 0) AS bytes FROM xet_xorbs x
       WHERE hash IN (SELECT hash FROM used) AND account_id = $4 AND sha256 IS NOT NULL
         AND owner_id = (SELECT owner_id FROM repositories WHERE id = $5)
         AND int4multirange(int4range(0, octet_length(chunks) / 8)) <@ (
           SELECT range_agg(int4range(first_chunk, end_chunk)) FROM (
             SELECT first_chunk, end_chunk FROM xet_runs WHERE xorb_id = x.id
             UNION ALL SELECT first_chunk, end_chunk FROM used WHERE used.hash = x.hash) runs)`,
      [column('xorb'), column('first'), column('end'), accountId, repositoryId],
    );
    return Number(row!.bytes);
  }

  /** Deletes xorbs after their retention period. */
  async deleteExpired(): Promise<void> {
    await this.database.query('DELETE FROM xet_xorbs WHERE renewed_at < now() - make_interval(days => $1)', [
      RETENTION_DAYS,
    ]);
  }
}

const storedXorb = ({ id, sha256, chunks }: Row): Omit<StoredXorb, 'runs'> => ({
  id,
  sha256,
  headers: chunks,
  layout: xorbLayout(chunks),
});
