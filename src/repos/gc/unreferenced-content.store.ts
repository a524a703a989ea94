import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** All tables that reference content through a `sha256` column. Referenced content is never deleted; a new table must be added here. */
export const CONTENT_REFERENCE_TABLES = ['blobs', 'lfs_objects', 'xet_xorbs', 'xet_runs', 'held_contents'];

/** Condition on rows of `contents` that no table references. */
export const UNREFERENCED = CONTENT_REFERENCE_TABLES.map(
  (table) => `NOT EXISTS (SELECT 1 FROM ${table} h WHERE h.sha256 = contents.sha256)`,
).join(' AND ');

const PAGE_SIZE = 2000;
const DELETE_BATCH_SIZE = 500;

/** A page of content rows. */
export interface ContentPage {
  /** Hash of the last row, to continue after. */
  readonly last: string;
  /** Number of rows. */
  readonly rows: number;
  /** Number of unreferenced contents. */
  readonly unreferenced: number;
  /** Hashes of the unreferenced contents that have not been touched recently. */
  readonly unused: readonly string[];
}

/** Finds and deletes unreferenced rows of `contents`, the index of the blob store. `ContentReferences` adds the rows. */
@Injectable()
export class UnreferencedContentStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Reads a page of content after a hash, small enough not to block other queries. Returns `undefined` at the end. */
  async page(touchedBefore: Date, after: string): Promise<ContentPage | undefined> {
    const [page] = await this.database.query<(ContentPage | { last: null })[]>(
      `WITH page AS MATERIALIZED
         (SELECT sha256, touched_at FROM contents WHERE sha256 > $2 ORDER BY sha256 LIMIT ${PAGE_SIZE}),
       unreferenced AS MATERIALIZED (SELECT sha256, touched_at FROM page contents WHERE ${UNREFERENCED})
       SELECT (SELECT max(sha256) FROM page) AS last, (SELECT count(*)::integer FROM page) AS rows,
         (SELECT count(*)::integer FROM unreferenced) AS unreferenced,
         ARRAY(SELECT sha256 FROM unreferenced WHERE touched_at < $1) AS unused`,
      [touchedBefore, after],
    );
    return page && page.last !== null ? page : undefined;
  }

  /**
   * Deletes a content row if it is still unreferenced, and its bytes while the row is locked. A writer that touches the content in the
   * meantime waits for the lock, finds that the bytes were deleted, and stores them again. This is the only transaction with a side effect
   * outside the database: deleting the bytes after COMMIT would race with writers, deleting them before it would leave a row without bytes
   * visible. If the process crashes in between, a row without bytes remains, which is harmless: the next write stores the bytes, or the
   * next collection deletes the row.
   *
   * Safe to run concurrently: only one collector can delete the row.
   */
  remove(sha256: string, touchedBefore: Date, deleteBytes: () => Promise<void>): Promise<boolean> {
    return this.database.transaction(async (m) => {
      // A statement does not see references that were committed while it waited for the lock, but the next one does.
      await m.query('SELECT FROM contents WHERE sha256 = $1 FOR UPDATE', [sha256]);
      const [rows] = await m.query<[unknown[], number]>(
        `DELETE FROM contents WHERE sha256 = $1 AND touched_at < $2 AND ${UNREFERENCED} RETURNING sha256`,
        [sha256, touchedBefore],
      );
      if (rows.length === 0) return false;
      await deleteBytes();
      return true;
    });
  }

  /**
   * Deletes LFS objects that were uploaded before `uploadedBefore` and that no commit references. Locks the content row: a commit that
   * touches the content before that keeps the object, and a commit that touches it later no longer finds the object. Locks the repositories
   * as well, so that they cannot be transferred or deleted while their use is counted; busy ones are left to the next collection.
   */
  async deleteUncommittedLfsObjects(touchedBefore: Date, uploadedBefore: Date): Promise<number> {
    const idle = `o.created_at < $2 AND NOT EXISTS
      (SELECT 1 FROM blobs b WHERE b.repository_id = o.repository_id AND b.sha256 = o.sha256 AND b.lfs)`;
    const statement = `
      WITH idle AS (
        SELECT sha256 FROM contents
        WHERE touched_at < $1 AND EXISTS (SELECT 1 FROM lfs_objects o WHERE o.sha256 = contents.sha256 AND ${idle})
        LIMIT ${DELETE_BATCH_SIZE} FOR UPDATE SKIP LOCKED),
      locked AS (
        SELECT id FROM repositories WHERE id IN (SELECT o.repository_id FROM lfs_objects o JOIN idle USING (sha256))
        ORDER BY id FOR KEY SHARE SKIP LOCKED)
      DELETE FROM lfs_objects o USING idle, locked
      WHERE o.sha256 = idle.sha256 AND o.repository_id = locked.id AND ${idle}`;
    for (let total = 0; ;) {
      const [, count] = await this.database.query<[unknown[], number]>(statement, [touchedBefore, uploadedBefore]);
      if (count === 0) return total;
      total += count;
    }
  }

  /** Deletes direct uploads that were started before `before` and never completed. The part store frees their bytes separately. */
  async deleteStartedUploads(before: Date): Promise<void> {
    await this.database.query('DELETE FROM direct_uploads WHERE begun_at < $1', [before]);
  }

  /** Number of contents. */
  async count(): Promise<number> {
    const [row] = await this.database.query<{ amount: string }[]>(
      `SELECT coalesce(sum(amount), 0) AS amount FROM sum_changes WHERE key = 'contents'`,
    );
    return Number(row!.amount);
  }

  /** A page of the contents without a size, after a hash. */
  async unsized(after: string): Promise<string[]> {
    const rows = await this.database.query<{ sha256: string }[]>(
      `SELECT sha256 FROM contents WHERE size IS NULL AND sha256 > $1 ORDER BY sha256 LIMIT ${PAGE_SIZE}`,
      [after],
    );
    return rows.map(({ sha256 }) => sha256);
  }

  /** Notes the sizes of contents. The sizes of missing contents stay unknown. */
  async noteSizes(contents: readonly { readonly sha256: string; readonly size: number | undefined }[]): Promise<void> {
    const known = contents.filter(({ size }) => size !== undefined);
    await this.database.query(
      `UPDATE contents c SET size = known.size FROM (
         SELECT sha256, known.size FROM contents JOIN unnest($1::text[], $2::bigint[]) AS known (sha256, size) USING (sha256)
         WHERE contents.size IS NULL ORDER BY sha256 FOR UPDATE OF contents) known
       WHERE c.sha256 = known.sha256`,
      [known.map(({ sha256 }) => sha256), known.map(({ size }) => size)],
    );
  }

  /** Adds rows for stored content that has none. They count as touched now. Returns the number of added rows. */
  async adopt(hashes: readonly string[]): Promise<number> {
    const added = await this.database.query<unknown[]>(
      `INSERT INTO contents (sha256, touched_at) SELECT sha256, now() FROM unnest($1::text[]) AS sha256 ORDER BY sha256
       ON CONFLICT DO NOTHING RETURNING sha256`,
      [hashes],
    );
    return added.length;
  }
}
