import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

/** What identifies a file of a source. */
export interface FileIdentity {
  readonly sourceKey: string;
  /** SHA-256 or git id, in lower-case hex. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
}

/** A file in the content cache. */
export interface HeldContent extends FileIdentity {
  /** A UUID. */
  readonly id: string;
  /** Null until the whole file has been verified. */
  readonly sha256: string | null;
  readonly isPublished: boolean;
  readonly contentType: string | null;
}

/** A stored block. */
export interface HeldBlock {
  readonly index: number;
  readonly sha256: string;
}

/** The right of one process to fill a file. */
export interface Claim {
  readonly id: string;
  /** UUID of the process. */
  readonly owner: string;
}

/** A block to add. */
export interface NewBlock extends HeldBlock {
  readonly bytes: number;
  /** Limit for the bytes of all blocks of all files. */
  readonly limit: number;
}

/** What a process sees of a file that another process fills. */
export interface FillProgress extends HeldContent {
  readonly blocks: readonly number[];
  /** Whether another process is filling the file. */
  readonly isClaimed: boolean;
}

/** A file that has been removed from the bookkeeping. */
export interface Removed {
  readonly id: string;
  readonly sha256: string | null;
  readonly bytes: number;
}

/** A process that has not renewed its claim for this long has ended. */
export const LEASE_SECONDS = 15;

const COLUMNS = `id, source_key AS "sourceKey", etag, size::float8 AS size, sha256, is_published AS "isPublished",
  content_type AS "contentType"`;
const IS_CLAIMED = '(owner IS NOT NULL AND lease_until > now())';
const LEASE = `now() + interval '${LEASE_SECONDS} seconds'`;

/** Reads and writes the bookkeeping of the content cache. */
@Injectable()
export class HeldContentStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The file, if the cache has a part of it. Counts as a read of it. */
  async find({ sourceKey, etag, size }: FileIdentity): Promise<HeldContent | undefined> {
    const [found] = await this.database.query<(HeldContent & { isRecent: boolean })[]>(
      `SELECT ${COLUMNS}, last_read_at > now() - interval '1 minute' AS "isRecent" FROM held_contents
       WHERE source_key = $1 AND etag = $2 AND size = $3`,
      [sourceKey, etag, size],
    );
    if (found && !found.isRecent)
      await this.database.query('UPDATE held_contents SET last_read_at = now() WHERE id = $1', [found.id]);
    return found;
  }

  /** The file, which is added if the cache does not have it. */
  async findOrAdd(identity: FileIdentity): Promise<HeldContent> {
    const { sourceKey, etag, size } = identity;
    const statement = `INSERT INTO held_contents (source_key, etag, size) VALUES ($1, $2, $3)
      ON CONFLICT (source_key, etag, size) DO UPDATE SET last_read_at = now() RETURNING ${COLUMNS}`;
    const [added] = await this.database.query<HeldContent[]>(statement, [sourceKey, etag, size]);
    return added!;
  }

  /** Claims the right to fill a file. Returns its blocks, or `undefined` if another process has the right or the file is gone. */
  async claim({ id, owner }: Claim): Promise<HeldBlock[] | undefined> {
    const [, claimed] = await this.database.query<[unknown, number]>(
      `UPDATE held_contents SET owner = $2, lease_until = ${LEASE}
       WHERE id = $1 AND (owner = $2 OR NOT ${IS_CLAIMED})`,
      [id, owner],
    );
    if (claimed === 0) return undefined;
    return this.database.query<HeldBlock[]>('SELECT index, sha256 FROM held_blocks WHERE content_id = $1', [id]);
  }

  /** Renews claims. */
  async renew(ids: readonly string[], owner: string): Promise<void> {
    await this.database.query(
      `UPDATE held_contents SET lease_until = ${LEASE}, last_read_at = now() WHERE id = ANY($1) AND owner = $2`,
      [ids, owner],
    );
  }

  async release({ id, owner }: Claim): Promise<void> {
    await this.database.query(
      'UPDATE held_contents SET owner = NULL, lease_until = NULL WHERE id = $1 AND owner = $2',
      [id, owner],
    );
  }

  /** Adds a stored block. `full`: the limit does not allow it. `lost`: the process no longer has the claim, or the file is gone. */
  async addBlock(claim: Claim, block: NewBlock): Promise<'added' | 'full' | 'lost'> {
    return this.database.transaction(async (m) => {
      const [, owned] = await m.query<[unknown, number]>(
        `UPDATE held_contents SET bytes = bytes + $3, lease_until = ${LEASE} WHERE id = $1 AND owner = $2
         AND NOT EXISTS (SELECT FROM held_blocks WHERE content_id = $1 AND index = $4)`,
        [claim.id, claim.owner, block.bytes, block.index],
      );
      if (owned === 0) return 'lost';
      const [, room] = await m.query<[unknown, number]>(
        'UPDATE content_cache_usage SET bytes = bytes + $1 WHERE bytes + $1 <= $2',
        [block.bytes, block.limit],
      );
      if (room === 0) {
        await m.query('UPDATE held_contents SET bytes = bytes - $2 WHERE id = $1', [claim.id, block.bytes]);
        return 'full';
      }
      await m.query('INSERT INTO held_blocks (content_id, index, sha256) VALUES ($1, $2, $3)', [
        claim.id,
        block.index,
        block.sha256,
      ]);
      return 'added';
    });
  }

  /** Forgets a damaged block. */
  async removeBlock(id: string, index: number, bytes: number): Promise<void> {
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
   * Makes a verified file a reference to its content, before its blocks become a blob. The row of the content is locked, so that the collector
   * cannot delete the same content in the meantime. It does not count as touched: without this reference, it can be deleted at once.
   * @returns false if the file is gone
   */
  verified(id: string, sha256: string, contentType: string | null): Promise<boolean> {
    return this.database.transaction(async (m) => {
      await m.query(
        `INSERT INTO contents (sha256, touched_at) VALUES ($1, 'epoch')
         ON CONFLICT (sha256) DO UPDATE SET touched_at = contents.touched_at`,
        [sha256],
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

  /** The state of a file for a process that does not fill it. `undefined` if the file is gone. */
  async progress(id: string): Promise<FillProgress | undefined> {
    const [found] = await this.database.query<FillProgress[]>(
      `SELECT ${COLUMNS}, ${IS_CLAIMED} AS "isClaimed",
         ARRAY(SELECT index FROM held_blocks WHERE content_id = $1) AS blocks
       FROM held_contents WHERE id = $1`,
      [id],
    );
    return found;
  }

  /** The files that were read least recently, unfinished ones first, without those that are being filled. */
  leastRecentlyRead(limit: number): Promise<{ readonly id: string }[]> {
    return this.database.query<{ id: string }[]>(
      `SELECT id FROM held_contents WHERE NOT ${IS_CLAIMED}
       ORDER BY is_published, last_read_at LIMIT $1`,
      [limit],
    );
  }

  /** Removes a file, unless it is being filled by another process than `owner`. The caller deletes its bytes. */
  remove(id: string, owner: string): Promise<Removed | undefined> {
    return this.database.transaction(async (m) => {
      const [[removed]] = await m.query<[(Removed | undefined)[], number]>(
        `DELETE FROM held_contents WHERE id = $1 AND (owner = $2 OR NOT ${IS_CLAIMED})
         RETURNING id, sha256, bytes::float8 AS bytes`,
        [id, owner],
      );
      if (removed) await freed(m, removed.bytes);
      return removed;
    });
  }

  /** Number of files and sum of their stored bytes. */
  async usage(): Promise<{ readonly files: number; readonly bytes: number }> {
    const [usage] = await this.database.query<{ files: number; bytes: number }[]>(
      'SELECT (SELECT count(*) FROM held_contents)::int AS files, bytes::float8 AS bytes FROM content_cache_usage',
    );
    return usage!;
  }

  /** Those of the ids that have no row. */
  async unknown(ids: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      'SELECT id FROM unnest($1::uuid[]) AS id WHERE NOT EXISTS (SELECT FROM held_contents h WHERE h.id = id.id AND NOT h.is_published)',
      [ids],
    );
    return rows.map(({ id }) => id);
  }
}

const freed = (m: EntityManager, bytes: number): Promise<unknown> =>
  m.query('UPDATE content_cache_usage SET bytes = bytes - $1', [bytes]);
