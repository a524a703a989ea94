import type { EntityManager } from 'typeorm';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';

/** Trees per query. Their bodies are limited as well: a tree of 100,000 files has 4 MB. */
const BATCH_SIZE = 4000;
const BATCH_BYTES = 4 * 1024 * 1024;

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
