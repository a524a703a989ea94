import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

/** Identifies a file of a source. */
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

/** A file that has been removed from the bookkeeping. */
export interface Removed {
  readonly id: string;
  readonly sha256: string | null;
  readonly bytes: number;
}

/** The columns of `HeldContent`. */
export const COLUMNS = `id, source_key AS "sourceKey", etag, size::float8 AS size, sha256, is_published AS "isPublished",
  content_type AS "contentType"`;
/** Condition: another process is filling the file. */
export const IS_CLAIMED = '(owner IS NOT NULL AND lease_until > now())';

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
      await this.database.query(
        `UPDATE held_contents SET last_read_at = now()
         WHERE id = (SELECT id FROM held_contents WHERE id = $1 FOR UPDATE SKIP LOCKED)`,
        [found.id],
      );
    return found;
  }

  /** The ETags of complete files among these of a source. */
  async complete(sourceKey: string, etags: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ etag: string }[]>(
      'SELECT etag FROM held_contents WHERE source_key = $1 AND etag = ANY($2::text[]) AND is_published',
      [sourceKey, etags],
    );
    return rows.map(({ etag }) => etag);
  }

  /** The file, which is added if the cache does not have it. */
  async findOrAdd(identity: FileIdentity): Promise<HeldContent> {
    const { sourceKey, etag, size } = identity;
    const statement = `INSERT INTO held_contents (id, source_key, etag, size) VALUES ($1, $2, $3, $4)
      ON CONFLICT (source_key, etag, size) DO UPDATE SET last_read_at = now() RETURNING ${COLUMNS}`;
    const [added] = await this.database.query<HeldContent[]>(statement, [randomUUID(), sourceKey, etag, size]);
    return added!;
  }

  /** The files that were read least recently, unfinished ones first, without those that are pinned or being filled. */
  leastRecentlyRead(limit: number): Promise<{ readonly id: string }[]> {
    return this.database.query<{ id: string }[]>(
      `SELECT id FROM held_contents WHERE NOT is_pinned AND NOT ${IS_CLAIMED}
       ORDER BY is_published, last_read_at LIMIT $1`,
      [limit],
    );
  }

  /**
   * Removes a file, unless it is being filled by another process than `owner`. The caller deletes its bytes.
   * @param keepPinned - does not remove a pinned file
   */
  remove(id: string, owner: string, keepPinned = false): Promise<Removed | undefined> {
    return this.database.transaction(async (m) => {
      const [[removed]] = await m.query<[(Removed | undefined)[], number]>(
        `DELETE FROM held_contents WHERE id = $1 AND (owner = $2 OR NOT ${IS_CLAIMED}) AND NOT ($3 AND is_pinned)
         RETURNING id, sha256, bytes::float8 AS bytes`,
        [id, owner, keepPinned],
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

  /** Bytes of pinned files other than these, by their ETags. */
  async pinnedBytes(exceptEtags: readonly string[]): Promise<number> {
    const [row] = await this.database.query<{ bytes: number }[]>(
      `SELECT coalesce(sum(size), 0)::float8 AS bytes FROM held_contents WHERE is_pinned AND etag <> ALL($1::text[])`,
      [exceptEtags],
    );
    return row!.bytes;
  }

  /** The ids without a row, or whose file has become a blob. */
  async unknown(ids: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      'SELECT id FROM unnest($1::uuid[]) AS id WHERE NOT EXISTS (SELECT FROM held_contents h WHERE h.id = id.id AND NOT h.is_published)',
      [ids],
    );
    return rows.map(({ id }) => id);
  }
}

/** Counts freed bytes. */
export const freed = (m: EntityManager, bytes: number): Promise<unknown> =>
  m.query('UPDATE content_cache_usage SET bytes = bytes - $1', [bytes]);
