import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { ChunkRun } from './xet-places.js';
import { xorbLayout } from './format/xorb.js';
import type { KnownXorb, UsedChunks } from './known-xorb.js';

/**
 * Clients believe for three weeks that what they have uploaded is here (`MDB_SHARD_LOCAL_CACHE_EXPIRATION` of xet-core), and would fail
 * for so long: what their chunks lie in is held a week more. The collector of the store counts these tables among those that hold
 * content.
 */
const HELD_DAYS = 28;

/** A xorb whose bytes have come in. */
export interface NewXorb {
  readonly hash: string;
  readonly accountId: number;
  /** In the blob store, behind the salt. */
  readonly sha256: string;
  readonly headers: Buffer;
}

interface Row {
  readonly id: number;
  readonly sha256: string | null;
  readonly chunks: Buffer;
}

/** Xorbs as they lie in the database. */
@Injectable()
export class XorbStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** All xorbs of this hash; the account's own comes first. Whoever knows a hash has seen all the content behind it. */
  async find(hash: string, accountId: number): Promise<KnownXorb[]> {
    const rows = await this.database.query<Row[]>(
      'SELECT id, sha256, chunks FROM xet_xorbs WHERE hash = $1 ORDER BY account_id <> $2, id LIMIT 10',
      [hash, accountId],
    );
    return Promise.all(rows.map(async (row) => ({ ...known(row), runs: await this.runs(row.id) })));
  }

  private async runs(xorbId: number): Promise<ChunkRun[]> {
    const rows = await this.database.query<(Omit<ChunkRun, 'offset'> & { offset: string })[]>(
      `SELECT first_chunk AS first, end_chunk AS "end", sha256, byte_offset AS "offset" FROM xet_runs WHERE xorb_id = $1`,
      [xorbId],
    );
    return rows.map((row) => ({ ...row, offset: Number(row.offset) }));
  }

  /** Where the account's own xorb of this hash has its bytes; undefined without bytes. */
  async bytesOf(hash: string, accountId: number): Promise<string | undefined> {
    const [row] = await this.database.query<Pick<Row, 'sha256'>[]>(
      'SELECT sha256 FROM xet_xorbs WHERE hash = $1 AND account_id = $2',
      [hash, accountId],
    );
    return row?.sha256 ?? undefined;
  }

  /** Has the account bytes of any of these xorbs still here? */
  async anyHasBytes(hashes: readonly string[], accountId: number): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      'SELECT 1 FROM xet_xorbs WHERE hash = ANY($1) AND account_id = $2 AND sha256 IS NOT NULL LIMIT 1',
      [hashes, accountId],
    );
    return rows.length > 0;
  }

  /** Notes a xorb, or the bytes that one had lost; places of its chunks that are known already stay. */
  async save({ hash, accountId, sha256, headers }: NewXorb): Promise<void> {
    await this.database.query(
      `INSERT INTO xet_xorbs (hash, account_id, sha256, chunks, renewed_at) VALUES ($1, $2, $3, $4, now())
       ON CONFLICT (hash, account_id) DO UPDATE
       SET sha256 = excluded.sha256, chunks = excluded.chunks, renewed_at = excluded.renewed_at`,
      [hash, accountId, sha256, headers],
    );
  }

  /** The client will believe for three weeks from now that these are here. */
  async renew(hashes: readonly string[], accountId: number): Promise<void> {
    await this.database.query('UPDATE xet_xorbs SET renewed_at = now() WHERE hash = ANY($1) AND account_id = $2', [
      hashes,
      accountId,
    ]);
  }

  /** Notes where chunks lie from now on, except where that is known already. */
  async addRuns(sha256: string, used: readonly UsedChunks[]): Promise<void> {
    const column = (name: keyof UsedChunks) => used.map((one) => one[name]);
    await this.database.query(
      `INSERT INTO xet_runs (xorb_id, first_chunk, end_chunk, sha256, byte_offset)
       SELECT xorb_id, first_chunk, end_chunk, $1, byte_offset
       FROM unnest($2::integer[], $3::integer[], $4::integer[], $5::bigint[]) AS new (xorb_id, first_chunk, end_chunk, byte_offset)
       WHERE EXISTS (SELECT 1 FROM xet_xorbs x WHERE x.id = new.xorb_id)
         AND NOT EXISTS (SELECT 1 FROM xet_runs old WHERE old.xorb_id = new.xorb_id
                         AND old.first_chunk <= new.first_chunk AND old.end_chunk >= new.end_chunk)
       ON CONFLICT DO NOTHING`,
      [sha256, column('xorbId'), column('first'), column('end'), column('offset')],
    );
  }

  /**
   * Takes their bytes from those of these xorbs whose every chunk lies in a large file.
   * @returns what the bytes are called in the blob store, where nobody needs them any more
   */
  async release(ids: readonly number[]): Promise<string[]> {
    // TypeORM answers an UPDATE with its rows and their number
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

  /** Forgets what no client can believe in any more. */
  async forgetOld(): Promise<void> {
    await this.database.query('DELETE FROM xet_xorbs WHERE renewed_at < now() - make_interval(days => $1)', [
      HELD_DAYS,
    ]);
  }

  /** Is the repository still there, and the account in use? */
  async parties(repositoryId: number, accountId: number): Promise<{ repository: boolean; account: boolean }> {
    const [row] = await this.database.query<{ repository: boolean; account: boolean }[]>(
      `SELECT EXISTS (SELECT 1 FROM repositories WHERE id = $1) AS repository,
         EXISTS (SELECT 1 FROM accounts WHERE id = $2 AND disabled_at IS NULL) AS account`,
      [repositoryId, accountId],
    );
    return row!;
  }
}

const known = ({ id, sha256, chunks }: Row): Omit<KnownXorb, 'runs'> => ({
  id,
  sha256,
  headers: chunks,
  layout: xorbLayout(chunks),
});
