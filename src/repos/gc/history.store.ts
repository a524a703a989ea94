import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { readTrees, type RequestedTree } from '../store/trees.queries.js';
import { REACHED } from '../store/reachable-history.js';

/** Maximum wait for the lock. In a busy repository, pruning then fails instead of delaying commits, and the next run retries it. */
const LOCK_TIMEOUT = '10s';
/** Small enough that the repository is only locked briefly. */
const SWEEP_BATCH_SIZE = 2000;

/** Pruning state of a repository whose refs were moved or deleted. */
export interface PruneProgress {
  /** Number of commits deleted in this step. */
  readonly deleted: number;
  readonly changes: number;
  readonly unswept: boolean;
}

/**
 * Database access for pruning unreachable history. Deletions lock the repository with FOR UPDATE, which blocks all writers: each row of a
 * commit, tree, blob or ref has a foreign key to its repository, and commits lock the repository (`RefStore.lockRepo`) before they
 * read what they build on. So no commit can build on objects that are being deleted.
 */
@Injectable()
export class HistoryStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Ids of the repositories that may have unreachable history. */
  async pendingRepos(): Promise<number[]> {
    const rows = await this.database.query<{ id: number }[]>(
      'SELECT repository_id AS id FROM history_cuts ORDER BY repository_id',
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Marks commits that have become unreachable, unmarks those that are reachable again, and deletes commits unreachable since before
   * `unreachableBefore`. Returns `undefined` if nothing is left to do.
   *
   * @throws if the repository cannot be locked within the timeout
   */
  deleteUnreachable(repositoryId: number, unreachableBefore: Date): Promise<PruneProgress | undefined> {
    return this.withLockedRepo(repositoryId, async (m) => {
      await m.query(
        `${REACHED}
         UPDATE commits c SET lost_at = CASE WHEN now.reached THEN NULL ELSE now() END
         FROM (SELECT all_.oid, coalesce(all_.generation <= reached.up_to, false) AS reached
               FROM commits all_ LEFT JOIN reached USING (line) WHERE all_.repository_id = $1) now
         WHERE c.repository_id = $1 AND c.oid = now.oid AND now.reached = (c.lost_at IS NOT NULL)`,
        [repositoryId],
      );
      const [deletedRow] = await m.query<{ count: string }[]>(
        `WITH gone AS (DELETE FROM commits WHERE repository_id = $1 AND lost_at < $2 RETURNING oid),
           changes AS (DELETE FROM entry_changes e USING gone WHERE e.repository_id = $1 AND e.commit_oid = gone.oid)
         SELECT count(*) FROM gone`,
        [repositoryId, unreachableBefore],
      );
      const deleted = Number(deletedRow!.count);
      const [rows] = await m.query<[Omit<PruneProgress, 'deleted'>[], number]>(
        `UPDATE history_cuts SET changes = changes + $2, unswept = unswept OR $2 > 0 WHERE repository_id = $1
         RETURNING changes, unswept`,
        [repositoryId, Math.sign(deleted)],
      );
      return rows[0] && { deleted, ...rows[0] };
    });
  }

  /**
   * The root trees of all commits of the repository.
   *
   * @param m - the current transaction, if there is one
   */
  async roots(repositoryId: number, m = this.database.manager): Promise<string[]> {
    const rows = await m.query<{ oid: string }[]>(
      'SELECT DISTINCT tree_oid AS oid FROM commits WHERE repository_id = $1',
      [repositoryId],
    );
    return rows.map(({ oid }) => oid);
  }

  /**
   * Trees, by id.
   *
   * @param m - the current transaction, if there is one
   */
  trees(repositoryId: number, oids: readonly string[], m = this.database.manager): AsyncGenerator<RequestedTree> {
    return readTrees(m, repositoryId, oids);
  }

  /**
   * Deletes a page of unneeded trees or blobs. Returns the id to continue after; `undefined` at the end.
   *
   * @param prepare - adds objects that have been written since the reachable set was computed; writers are blocked until the transaction ends
   */
  sweep(
    repositoryId: number,
    page: { readonly table: 'trees' | 'blobs'; readonly after: string },
    prepare: (m: EntityManager) => Promise<void>,
    isNeeded: (oid: string) => boolean,
  ): Promise<string | undefined> {
    return this.withLockedRepo(repositoryId, async (m) => {
      await prepare(m);
      const rows = await m.query<{ oid: string }[]>(
        `SELECT oid FROM ${page.table} WHERE repository_id = $1 AND oid > $2 ORDER BY oid LIMIT ${SWEEP_BATCH_SIZE}`,
        [repositoryId, page.after],
      );
      const unneeded = rows.map(({ oid }) => oid).filter((oid) => !isNeeded(oid));
      await m.query(`DELETE FROM ${page.table} WHERE repository_id = $1 AND oid = ANY($2)`, [repositoryId, unneeded]);
      return rows.at(-1)?.oid;
    });
  }

  /**
   * Marks pruning as finished unless refs have changed since. As long as there are unreachable commits that have not been deleted yet, the
   * repository stays pending.
   */
  async finish(repositoryId: number, { changes }: PruneProgress): Promise<void> {
    const isSeen = 'repository_id = $1 AND changes = $2';
    await this.database.query(
      `DELETE FROM history_cuts WHERE ${isSeen}
       AND NOT EXISTS (SELECT 1 FROM commits c WHERE c.repository_id = $1 AND c.lost_at IS NOT NULL)`,
      [repositoryId, changes],
    );
    await this.database.query(`UPDATE history_cuts SET unswept = false WHERE ${isSeen}`, [repositoryId, changes]);
  }

  private withLockedRepo<T>(repositoryId: number, work: (m: EntityManager) => Promise<T>): Promise<T | undefined> {
    return this.database.transaction(async (m) => {
      await m.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      const found = await m.query<unknown[]>('SELECT FROM repositories WHERE id = $1 FOR UPDATE', [repositoryId]);
      return found.length === 0 ? undefined : work(m);
    });
  }
}
