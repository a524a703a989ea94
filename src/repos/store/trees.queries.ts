import type { EntityManager } from 'typeorm';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { rowBatches } from './row-batches.js';

/** Trees per query. Their bodies are limited as well: a tree of 100,000 files has 4 MB. */
const BATCH_SIZE = 4000;
const BATCH_BYTES = 4 * 1024 * 1024;

/** A parameter of this size is sent as it is; in an array, the driver would convert it to text at a stretch. */
const LARGE_TREE_BYTES = 256 * 1024;

/** The wanted trees in their order, until their bodies exceed the limit. At least one is returned. */
const QUERY = `
  SELECT oid, body FROM (
    SELECT wanted.oid, wanted.n, t.body,
      coalesce(sum(octet_length(t.body)) OVER (ORDER BY wanted.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes
    FROM unnest($2::text[]) WITH ORDINALITY AS wanted (oid, n)
    LEFT JOIN trees t ON t.repository_id = $1 AND t.oid = wanted.oid
  ) AS found WHERE bytes < ${BATCH_BYTES} ORDER BY n`;

/** A tree that was requested by its id. */
export interface RequestedTree {
  readonly oid: string;
  /** The encoded tree; null if it does not exist. */
  readonly body: Buffer | null;
}

/**
 * Reads trees in the given order, in as few queries as memory allows. The event loop gets turns in between.
 *
 * @param m - the current transaction, if there is one
 */
export async function* readTrees(
  m: EntityManager,
  repositoryId: number,
  oids: readonly string[],
): AsyncGenerator<RequestedTree> {
  const turns = new EventLoopTurns();
  for (let at = 0; at < oids.length;) {
    const trees = await m.query<RequestedTree[]>(QUERY, [repositoryId, oids.slice(at, at + BATCH_SIZE)]);
    for (const tree of trees) {
      yield tree;
      if (turns.isOver) await turns.next();
    }
    at += trees.length;
  }
}

/**
 * Adds trees that do not exist yet.
 *
 * @param trees - bodies by id
 */
export async function insertTrees(
  m: EntityManager,
  repositoryId: number,
  trees: ReadonlyMap<string, Buffer>,
): Promise<void> {
  const small = [...trees].filter(([, body]) => body.length < LARGE_TREE_BYTES);
  for (const [oid, body] of trees)
    if (body.length >= LARGE_TREE_BYTES)
      await m.query('INSERT INTO trees (repository_id, oid, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        repositoryId,
        oid,
        body,
      ]);
  for (const batch of rowBatches(small, ([, body]) => body.length))
    await m.query(
      `INSERT INTO trees (repository_id, oid, body)
       SELECT $1, oid, body FROM unnest($2::text[], $3::bytea[]) AS new (oid, body)
       ON CONFLICT DO NOTHING`,
      [repositoryId, batch.map(([oid]) => oid), batch.map(([, body]) => body)],
    );
}
