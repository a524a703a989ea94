import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Every table that names content, in a column `sha256`: what one of them names, stays. A new one has to be added here. */
export const CONTENT_REFERENCE_TABLES = ['blobs', 'lfs_objects', 'xet_xorbs', 'xet_runs'];

/** A row of `contents` that nothing names. */
export const UNREFERENCED = CONTENT_REFERENCE_TABLES.map(
  (table) => `NOT EXISTS (SELECT 1 FROM ${table} h WHERE h.sha256 = contents.sha256)`,
).join(' AND ');

const LOOKED_AT_ONCE = 2000;
const FORGOTTEN_AT_ONCE = 500;

/** Some rows of the catalogue. */
export interface ContentPage {
  readonly last: string;
  readonly unused: readonly string[];
}

/** The catalogue of content as the collector sees it. Its rows say what the blob store may hold; `ContentReferences` writes them. */
@Injectable()
export class UnreferencedContentStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Looks at some content after this hash, few enough to keep nobody else waiting for long. Undefined behind the last.
   * @returns `unused`: what nobody has touched since and nothing names; `last`: the hash to go on from
   */
  async page(touchedBefore: Date, after: string): Promise<ContentPage | undefined> {
    const [page] = await this.database.query<(ContentPage | { last: null })[]>(
      `WITH page AS MATERIALIZED
         (SELECT sha256, touched_at FROM contents WHERE sha256 > $2 ORDER BY sha256 LIMIT ${LOOKED_AT_ONCE})
       SELECT (SELECT max(sha256) FROM page) AS last,
              ARRAY(SELECT sha256 FROM page contents WHERE touched_at < $1 AND ${UNREFERENCED}) AS unused`,
      [touchedBefore, after],
    );
    return page && page.last !== null ? page : undefined;
  }

  /**
   * Takes content out of the catalogue if it is still unused, and its bytes out of the store while the row is locked. Who touches the
   * content meanwhile waits for the lock, finds the bytes gone and stores them anew. This is the one transaction that does something
   * besides SQL, one deletion: after COMMIT nobody would wait, and before it the row would say what is not so. Should the process die
   * in between, a row without bytes is left, which harms nobody: the next intake stores the bytes, or the next collection takes it.
   *
   * Any number of collectors may do this at once: only one of them gets the row.
   */
  remove(sha256: string, touchedBefore: Date, deleteBytes: () => Promise<void>): Promise<boolean> {
    return this.database.transaction(async (m) => {
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
   * Forgets large files that were uploaded to a repository before a time and that no commit of it names. The row of the content is
   * locked, so that who is about to commit one and touches it comes either before, and it stays, or after, and finds it gone.
   */
  async forgetUncommitted(touchedBefore: Date, uploadedBefore: Date): Promise<number> {
    const idle = `o.created_at < $2 AND NOT EXISTS
      (SELECT 1 FROM blobs b WHERE b.repository_id = o.repository_id AND b.sha256 = o.sha256 AND b.lfs)`;
    const statement = `
      WITH idle AS (
        SELECT sha256 FROM contents
        WHERE touched_at < $1 AND EXISTS (SELECT 1 FROM lfs_objects o WHERE o.sha256 = contents.sha256 AND ${idle})
        LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED)
      DELETE FROM lfs_objects o USING idle WHERE o.sha256 = idle.sha256 AND ${idle}`;
    for (let total = 0; ;) {
      const [, count] = await this.database.query<[unknown[], number]>(statement, [touchedBefore, uploadedBefore]);
      if (count === 0) return total;
      total += count;
    }
  }

  /** Forgets uploads straight to the store that were begun before and never taken; the sweep of the part store frees their bytes. */
  async forgetBegun(before: Date): Promise<void> {
    await this.database.query('DELETE FROM direct_uploads WHERE begun_at < $1', [before]);
  }

  /** Adds content that the store has and the catalogue does not, as if touched now; how many there were. */
  async adopt(hashes: readonly string[]): Promise<number> {
    const added = await this.database.query<unknown[]>(
      `INSERT INTO contents (sha256, touched_at) SELECT sha256, now() FROM unnest($1::text[]) AS sha256 ORDER BY sha256
       ON CONFLICT DO NOTHING RETURNING sha256`,
      [hashes],
    );
    return added.length;
  }
}
