import type { DataSource } from 'typeorm';
import { CONTENT_REFERENCE_TABLES } from '../../repos/gc/unreferenced-content.store.js';
import { decodeTree } from '../../repos/store/git-objects.js';
import { REPOSITORY } from './check-context.js';

const PAGE_SIZE = 1000;

/** Sizes that the tables state for the content with the hash `key.sha256`. */
const USES = `
  SELECT size FROM blobs WHERE sha256 = key.sha256
  UNION ALL SELECT size FROM lfs_objects WHERE sha256 = key.sha256
  UNION ALL SELECT nullif(stored_bytes, 0) FROM xet_xorbs WHERE sha256 = key.sha256
  UNION ALL SELECT NULL FROM xet_runs WHERE sha256 = key.sha256`;

const withUses = (keys: string): string => `
  WITH key AS MATERIALIZED (${keys})
  SELECT key.sha256, uses.count::integer AS uses, uses.smallest, uses.largest
  FROM key, LATERAL (SELECT count(*), min(size) AS smallest, max(size) AS largest FROM (${USES}) used) uses ORDER BY key.sha256`;

/** Rows of `contents`, the index of the store. */
const INDEXED = withUses(`SELECT sha256 FROM contents WHERE sha256 > $1 ORDER BY sha256 LIMIT ${PAGE_SIZE}`);

/** Contents that tables reference, but that the index does not have. */
const UNINDEXED = withUses(
  `SELECT sha256 FROM (${CONTENT_REFERENCE_TABLES.map(
    (table) => `(SELECT DISTINCT sha256 FROM ${table} t WHERE sha256 > $1
      AND NOT EXISTS (SELECT FROM contents c WHERE c.sha256 = t.sha256) ORDER BY sha256 LIMIT ${PAGE_SIZE})`,
  ).join(' UNION ')}) rows (sha256) ORDER BY sha256 LIMIT ${PAGE_SIZE}`,
);

/** A content, and how often and with which size the tables use it. */
export interface ContentRow {
  readonly sha256: string;
  readonly uses: number;
  /** In bytes; null if no table states it. Equal to `largest` unless the database is damaged. */
  readonly smallest: number | null;
  readonly largest: number | null;
}

type StoredRow = Record<'smallest' | 'largest', string | null> & Pick<ContentRow, 'sha256' | 'uses'>;

/** Reads the index of the store, or references that it does not have, after a hash. */
export async function contentPage(
  database: DataSource,
  kind: 'indexed' | 'unindexed',
  after: string,
): Promise<ContentRow[]> {
  const rows = await database.query<StoredRow[]>(kind === 'indexed' ? INDEXED : UNINDEXED, [after]);
  const toNumber = (text: string | null): number | null => (text === null ? null : Number(text));
  return rows.map((row) => ({ ...row, smallest: toNumber(row.smallest), largest: toNumber(row.largest) }));
}

/** Whether a table still uses the content. */
export async function isUsed(database: DataSource, sha256: string): Promise<boolean> {
  const used = CONTENT_REFERENCE_TABLES.map((table) => `EXISTS (SELECT FROM ${table} WHERE sha256 = $1)`);
  const [row] = await database.query<{ used: boolean }[]>(`SELECT ${used.join(' OR ')} AS used`, [sha256]);
  return row!.used;
}

/** The hashes, of the given ones, that neither the index nor a table has. */
export async function unknownHashes(database: DataSource, hashes: readonly string[]): Promise<string[]> {
  const unknown = ['contents', ...CONTENT_REFERENCE_TABLES].map(
    (table) => `NOT EXISTS (SELECT FROM ${table} t WHERE t.sha256 = k.sha256)`,
  );
  const rows = await database.query<{ sha256: string }[]>(
    `SELECT k.sha256 FROM unnest($1::text[]) AS k (sha256) WHERE ${unknown.join(' AND ')}`,
    [hashes],
  );
  return rows.map(({ sha256 }) => sha256);
}

/** Git ids of files with this content that are not LFS objects. There is one unless the database is damaged. */
export async function gitIdsOf(database: DataSource, sha256: string): Promise<string[]> {
  const rows = await database.query<{ oid: string }[]>(
    'SELECT DISTINCT oid FROM blobs WHERE sha256 = $1 AND NOT lfs LIMIT 10',
    [sha256],
  );
  return rows.map(({ oid }) => oid);
}

/** A use of a content, for messages. */
export interface ContentUse {
  readonly repository: string;
  /** Name of the file, without its folder. Unset for an upload that was not committed. */
  readonly file?: string;
}

/** One use of a content; `undefined` if only unfinished Xet uploads use it. */
export async function findUse(database: DataSource, sha256: string): Promise<ContentUse | undefined> {
  const [row] = await database.query<{ id: number; oid: string | null; repository: string }[]>(
    `SELECT r.id, f.oid, ${REPOSITORY} AS repository FROM
       (SELECT repository_id, oid FROM blobs WHERE sha256 = $1
        UNION ALL SELECT repository_id, NULL FROM lfs_objects WHERE sha256 = $1) f
     JOIN repositories r ON r.id = f.repository_id ORDER BY f.oid NULLS LAST LIMIT 1`,
    [sha256],
  );
  if (!row?.oid) return row && { repository: row.repository };
  const [tree] = await database.query<{ body: Buffer }[]>(
    `SELECT body FROM trees WHERE repository_id = $1 AND position(decode($2, 'hex') IN body) > 0 LIMIT 1`,
    [row.id, row.oid],
  );
  const file = tree && [...decodeTree(tree.body)].find(({ oid }) => oid === row.oid)?.name;
  return { repository: row.repository, file };
}
