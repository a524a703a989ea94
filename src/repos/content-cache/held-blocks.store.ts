import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { COLUMNS, freed, IS_CLAIMED, type HeldContent } from './held-content.store.js';

/** A stored block. */
export interface HeldBlock {
  readonly index: number;
  /** See `digestLike`. */
  readonly digest: string;
}

/** The right of one process to fill a file. */
export interface Claim {
  readonly id: string;
  /** UUID of the fill. */
  readonly owner: string;
}

/** The state of a file that another process fills. */
export interface FillProgress extends HeldContent {
  readonly blocks: readonly number[];
  /** Whether another process is filling the file. */
  readonly isClaimed: boolean;
}

/** A process that has not renewed its claim for this long has ended. */
export const LEASE_SECONDS = 15;

/** A row that is locked for longer belongs to a connection whose process has ended. */
const LOCK_TIMEOUT = '2s';

const LEASE = `now() + interval '${LEASE_SECONDS} seconds'`;

/** The blocks of files that are being filled, and which process fills which file. */
@Injectable()
export class HeldBlockStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Claims the right to fill a file. Returns its blocks, or `undefined` if another process has the right or the file was removed. Bytes that were
   * counted by a process that ended before it stored them are no longer counted.
   * @throws Error if the file is locked for more than two seconds
   */
  claim({ id, owner }: Claim, blockBytes: number): Promise<HeldBlock[] | undefined> {
    return this.database.transaction(async (m) => {
      await m.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      const [[claimed]] = await m.query<[{ size: number; bytes: number }[], number]>(
        `UPDATE held_contents SET owner = $2, lease_until = ${LEASE} WHERE id = $1 AND NOT ${IS_CLAIMED}
         RETURNING size::float8 AS size, bytes::float8 AS bytes`,
        [id, owner],
      );
      if (!claimed) return undefined;
      const blocks = await m.query<HeldBlock[]>('SELECT index, digest FROM held_blocks WHERE content_id = $1', [id]);
      const stored = blocks.reduce(
        (sum, { index }) => sum + Math.min(blockBytes, claimed.size - index * blockBytes),
        0,
      );
      if (stored === claimed.bytes) return blocks;
      await m.query('UPDATE held_contents SET bytes = $2 WHERE id = $1', [id, stored]);
      await freed(m, claimed.bytes - stored);
      return blocks;
    });
  }

  /** Renews claims. A locked file does not delay the others. */
  async renew(claims: readonly Claim[]): Promise<void> {
    await this.database.query(
      `UPDATE held_contents h SET lease_until = ${LEASE}, last_read_at = now()
       FROM (SELECT f.id FROM held_contents f JOIN unnest($1::uuid[], $2::uuid[]) AS claim (id, owner) USING (id, owner)
         FOR UPDATE OF f SKIP LOCKED) AS claimed WHERE h.id = claimed.id`,
      [claims.map(({ id }) => id), claims.map(({ owner }) => owner)],
    );
  }

  async release({ id, owner }: Claim): Promise<void> {
    await this.database.query(
      'UPDATE held_contents SET owner = NULL, lease_until = NULL WHERE id = $1 AND owner = $2',
      [id, owner],
    );
  }

  /**
   * Counts the bytes of a block that is going to be stored. `full`: the limit does not allow it. `lost`: the process no longer has the claim, or the
   * file was removed.
   * @param limit - limit for the bytes of all blocks of all files
   */
  async reserve({ id, owner }: Claim, bytes: number, limit: number): Promise<'reserved' | 'full' | 'lost'> {
    const [row] = await this.database.query<{ isOwner: boolean; isCounted: boolean }[]>(
      `WITH file AS (SELECT id FROM held_contents WHERE id = $1 AND owner = $2 FOR UPDATE),
       usage AS (UPDATE content_cache_usage SET bytes = bytes + $3
         WHERE bytes + $3 <= $4 AND EXISTS (SELECT FROM file) RETURNING 1),
       counted AS (UPDATE held_contents SET bytes = bytes + $3, lease_until = ${LEASE}
         WHERE id = $1 AND EXISTS (SELECT FROM usage) RETURNING 1)
       SELECT EXISTS (SELECT FROM file) AS "isOwner", EXISTS (SELECT FROM counted) AS "isCounted"`,
      [id, owner, bytes, limit],
    );
    if (row!.isCounted) return 'reserved';
    return row!.isOwner ? 'full' : 'lost';
  }

  /** The block was not stored. */
  async unreserve({ id, owner }: Claim, bytes: number): Promise<void> {
    await this.database.transaction(async (m) => {
      const [, owned] = await m.query<[unknown, number]>(
        'UPDATE held_contents SET bytes = bytes - $3 WHERE id = $1 AND owner = $2',
        [id, owner, bytes],
      );
      if (owned > 0) await freed(m, bytes);
    });
  }

  /** Adds a stored block, whose bytes have been counted. `lost`: another process has the claim now, and counts the bytes. */
  async add({ id, owner }: Claim, { index, digest }: HeldBlock): Promise<'added' | 'lost' | 'removed'> {
    const [row] = await this.database.query<{ isOwner: boolean; exists: boolean }[]>(
      `WITH file AS (SELECT id, owner FROM held_contents WHERE id = $1 FOR UPDATE),
       added AS (INSERT INTO held_blocks (content_id, index, digest)
         SELECT id, $3, $4 FROM file WHERE owner = $2 ON CONFLICT DO NOTHING RETURNING 1)
       SELECT EXISTS (SELECT FROM file) AS exists, EXISTS (SELECT FROM added) AS "isOwner"`,
      [id, owner, index, digest],
    );
    if (!row!.exists) return 'removed';
    return row!.isOwner ? 'added' : 'lost';
  }

  /** Removes a damaged block. */
  async remove(id: string, index: number, bytes: number): Promise<void> {
    await this.database.transaction(async (m) => {
      const [, removed] = await m.query<[unknown, number]>(
        'DELETE FROM held_blocks WHERE content_id = $1 AND index = $2',
        [id, index],
      );
      if (removed === 0) return;
      await m.query('UPDATE held_contents SET bytes = bytes - $2 WHERE id = $1', [id, bytes]);
      await freed(m, bytes);
    });
  }

  /**
   * Adds a reference from a verified file to its content, before its blocks become a blob. The row of the content is locked, so that the collector
   * cannot delete the same content in the meantime. It does not count as touched: without this reference, it can be deleted at once.
   * @returns false if the file was removed
   */
  verified(id: string, sha256: string, contentType: string | null): Promise<boolean> {
    return this.database.transaction(async (m) => {
      await m.query(
        `INSERT INTO contents (sha256, touched_at, size) SELECT $1, 'epoch', size FROM held_contents WHERE id = $2
         ON CONFLICT (sha256) DO UPDATE SET size = excluded.size`,
        [sha256, id],
      );
      const [, found] = await m.query<[unknown, number]>(
        'UPDATE held_contents SET sha256 = $2, content_type = $3 WHERE id = $1',
        [id, sha256, contentType],
      );
      return found > 0;
    });
  }

  /** The file is a blob now. */
  async published(id: string): Promise<void> {
    await this.database.transaction(async (m) => {
      await m.query('UPDATE held_contents SET is_published = true WHERE id = $1', [id]);
      await m.query('DELETE FROM held_blocks WHERE content_id = $1', [id]);
    });
  }

  /** The state of a file for a process that does not fill it. `undefined` if the file was removed. */
  async progress(id: string): Promise<FillProgress | undefined> {
    const [found] = await this.database.query<FillProgress[]>(
      `SELECT ${COLUMNS}, ${IS_CLAIMED} AS "isClaimed",
         ARRAY(SELECT index FROM held_blocks WHERE content_id = $1) AS blocks
       FROM held_contents WHERE id = $1`,
      [id],
    );
    return found;
  }
}
