import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { COLUMNS, freed, IS_CLAIMED, type HeldContent } from './held-content.store.js';

/** A stored block. */
export interface HeldBlock {
  readonly index: number;
  readonly sha256: string;
}

/** The right of one process to fill a file. */
export interface Claim {
  readonly id: string;
  /** UUID of the fill. */
  readonly owner: string;
}

/** A block to add. */
export interface NewBlock extends HeldBlock {
  readonly bytes: number;
  /** Limit for the bytes of all blocks of all files. */
  readonly limit: number;
}

/** The state of a file that another process fills. */
export interface FillProgress extends HeldContent {
  readonly blocks: readonly number[];
  /** Whether another process is filling the file. */
  readonly isClaimed: boolean;
}

/** A process that has not renewed its claim for this long has ended. */
export const LEASE_SECONDS = 15;

const LEASE = `now() + interval '${LEASE_SECONDS} seconds'`;

/** The blocks of files that are being filled, and which process fills which file. */
@Injectable()
export class HeldBlockStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Claims the right to fill a file. Returns its blocks, or `undefined` if another process has the right or the file was removed. */
  async claim({ id, owner }: Claim): Promise<HeldBlock[] | undefined> {
    const [, claimed] = await this.database.query<[unknown, number]>(
      `UPDATE held_contents SET owner = $2, lease_until = ${LEASE}
       WHERE id = $1 AND NOT ${IS_CLAIMED}`,
      [id, owner],
    );
    if (claimed === 0) return undefined;
    return this.database.query<HeldBlock[]>('SELECT index, digest AS sha256 FROM held_blocks WHERE content_id = $1', [
      id,
    ]);
  }

  /** Renews claims. */
  async renew(claims: readonly Claim[]): Promise<void> {
    await this.database.query(
      `UPDATE held_contents h SET lease_until = ${LEASE}, last_read_at = now()
       FROM unnest($1::uuid[], $2::uuid[]) AS claim (id, owner) WHERE h.id = claim.id AND h.owner = claim.owner`,
      [claims.map(({ id }) => id), claims.map(({ owner }) => owner)],
    );
  }

  async release({ id, owner }: Claim): Promise<void> {
    await this.database.query(
      'UPDATE held_contents SET owner = NULL, lease_until = NULL WHERE id = $1 AND owner = $2',
      [id, owner],
    );
  }

  /** Adds a stored block. `full`: the limit does not allow it. `lost`: the process no longer has the claim, or the file was removed. */
  async add(claim: Claim, block: NewBlock): Promise<'added' | 'full' | 'lost'> {
    return this.database.transaction(async (m) => {
      const [, owned] = await m.query<[unknown, number]>(
        `UPDATE held_contents SET bytes = bytes + $3, lease_until = ${LEASE} WHERE id = $1 AND owner = $2
         AND NOT EXISTS (SELECT FROM held_blocks WHERE content_id = $1 AND index = $4)`,
        [claim.id, claim.owner, block.bytes, block.index],
      );
      if (owned === 0) return 'lost';
      const [, counted] = await m.query<[unknown, number]>(
        'UPDATE content_cache_usage SET bytes = bytes + $1 WHERE bytes + $1 <= $2',
        [block.bytes, block.limit],
      );
      if (counted === 0) {
        await m.query('UPDATE held_contents SET bytes = bytes - $2 WHERE id = $1', [claim.id, block.bytes]);
        return 'full';
      }
      await m.query('INSERT INTO held_blocks (content_id, index, digest) VALUES ($1, $2, $3)', [
        claim.id,
        block.index,
        block.sha256,
      ]);
      return 'added';
    });
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
