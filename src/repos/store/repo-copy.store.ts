import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { REACHED } from './reachable-history.js';

/** Rows of one statement, so that other queries of the embedded database are not delayed for long. */
const BATCH_SIZE = 2000;

const COMMIT_COLUMNS =
  'oid, tree_oid, parent_oid, generation, line, author_name, author_email, created_at, title, description';

/** In one statement, so that the refs and their commits are of the same moment. */
const COPY_HISTORY = `${REACHED},
  copied AS (
    INSERT INTO refs (repository_id, name, commit_oid, tag_oid, tag_body)
    SELECT $2, name, commit_oid, tag_oid, tag_body FROM refs WHERE repository_id = $1)
  INSERT INTO commits (repository_id, ${COMMIT_COLUMNS})
  SELECT $2, ${COMMIT_COLUMNS.split(', ')
    .map((column) => `c.${column}`)
    .join(', ')}
  FROM commits c JOIN reached ON reached.line = c.line AND c.generation <= reached.up_to WHERE c.repository_id = $1`;

const COPY_METADATA = `
  UPDATE repositories new SET card_data = old.card_data, gate_fields = old.gate_fields, card_warning = old.card_warning, tags = old.tags,
    pipeline_tag = old.pipeline_tag, library_name = old.library_name, license = old.license
  FROM repositories old WHERE old.id = $1 AND new.id = $2`;

const COPY_CARD_TEXT = `
  INSERT INTO card_texts (repository_id, content, words) SELECT $2, content, words FROM card_texts WHERE repository_id = $1
  ON CONFLICT (repository_id) DO UPDATE SET content = excluded.content, words = excluded.words`;

/** Only files of commits. Uploads that were not committed are not part of the repository yet. */
const COPY_LFS_OBJECTS = `
  INSERT INTO lfs_objects (repository_id, sha256, size)
  SELECT $2, sha256, size FROM lfs_objects o WHERE repository_id = $1
    AND EXISTS (SELECT FROM blobs b WHERE b.repository_id = $2 AND b.sha256 = o.sha256 AND b.lfs)`;

/** Objects of unreachable commits are copied as well; the collector deletes them. */
const MARK_CUT = `
  INSERT INTO history_cuts (repository_id, unswept) SELECT $2, true FROM history_cuts WHERE repository_id = $1`;

/** Copies the rows of repositories. The content that they refer to is shared. */
@Injectable()
export class RepoCopyStore {
  /**
   * Copies the branches, tags and history of a repository to one that has none. The source can be committed to in the meantime, but not be
   * deleted or pruned until the end of the transaction.
   */
  async copyContents(m: EntityManager, from: number, to: number): Promise<void> {
    await m.query('SELECT FROM repositories WHERE id = $1 FOR KEY SHARE', [from]);
    await m.query(COPY_HISTORY, [from, to]);
    await copyInBatches(m, { table: 'trees', key: ['oid'], columns: ['body'] }, { from, to });
    await copyInBatches(m, { table: 'blobs', key: ['oid'], columns: ['sha256', 'size', 'lfs'] }, { from, to });
    const changes = { table: 'entry_changes', key: ['path', 'generation', 'commit_oid'], columns: [] };
    await copyInBatches(m, changes, { from, to });
    for (const statement of [COPY_LFS_OBJECTS, COPY_METADATA, COPY_CARD_TEXT, MARK_CUT])
      await m.query(statement, [from, to]);
  }
}

interface CopiedTable {
  readonly table: string;
  /** Columns of the primary key after `repository_id`. */
  readonly key: readonly string[];
  /** All other columns. */
  readonly columns: readonly string[];
}

async function copyInBatches(
  m: EntityManager,
  { table, key, columns }: CopiedTable,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const names = [...key, ...columns].join(', ');
  const order = key.join(', ');
  const last = key.map((column) => `${column}::text`).join(', ');
  const types = key.map((column, at) => `$${at + 3}::${column === 'generation' ? 'integer' : 'text'}`).join(', ');
  const copy = (after: string): string => `
    WITH page AS MATERIALIZED (
        SELECT ${names} FROM ${table} WHERE repository_id = $1 ${after} ORDER BY ${order} LIMIT ${BATCH_SIZE}),
      copied AS (INSERT INTO ${table} (repository_id, ${names}) SELECT $2, ${names} FROM page)
    SELECT ARRAY[${last}] AS last FROM page ORDER BY ${key.map((column) => `${column} DESC`).join(', ')} LIMIT 1`;
  let [row] = await m.query<{ last: string[] }[]>(copy(''), [from, to]);
  while (row) [row] = await m.query<{ last: string[] }[]>(copy(`AND (${order}) > (${types})`), [from, to, ...row.last]);
}
