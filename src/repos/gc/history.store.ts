import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

/** Whoever commits all the time is not kept waiting for a collector; the next round tries again. */
const LOCK_TIMEOUT = '10s';
/** Few enough to hold a repository for moments only. */
const SWEPT_AT_ONCE = 2000;

/** The commits that a repository's refs lead to, as spans of lines (see `CommitEntity.line`). */
const REACHED = `
  WITH RECURSIVE spans (line, up_to) AS (
      SELECT c.line, c.generation FROM refs r
      JOIN commits c ON c.repository_id = r.repository_id AND c.oid = r.commit_oid WHERE r.repository_id = $1
    UNION
      SELECT parent.line, parent.generation FROM spans
      JOIN commits first ON first.repository_id = $1 AND first.oid = spans.line
      JOIN commits parent ON parent.repository_id = $1 AND parent.oid = first.parent_oid),
  reached AS (SELECT line, max(up_to) AS up_to FROM spans GROUP BY line)`;

/** How far one has come with a repository whose refs have let go of history. */
export interface PruneProgress {
  /** Commits deleted now. */
  readonly deleted: number;
  readonly changes: number;
  readonly unswept: boolean;
}

/**
 * Lost history as it lies in the database. What deletes holds the repository with FOR UPDATE, which keeps out everybody who adds to it:
 * each row of a commit, tree, blob or ref refers to its repository, and commits hold it (`RefStore.holdRepository`) before they look at
 * what is there to build on. So nobody builds on what is being deleted.
 */
@Injectable()
export class HistoryStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The repositories in which history may have been lost. */
  async cut(): Promise<number[]> {
    const rows = await this.database.query<{ id: number }[]>(
      'SELECT repository_id AS id FROM history_cuts ORDER BY repository_id',
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Notes which commits have been lost since, and which are found again; deletes those lost before a time. Undefined where there is
   * nothing left to do. @throws when the repository is never at rest
   */
  deleteLost(repositoryId: number, lostBefore: Date): Promise<PruneProgress | undefined> {
    return this.holding(repositoryId, async (m) => {
      await m.query(
        `${REACHED}
         UPDATE commits c SET lost_at = CASE WHEN now.reached THEN NULL ELSE now() END
         FROM (SELECT all_.oid, coalesce(all_.generation <= reached.up_to, false) AS reached
               FROM commits all_ LEFT JOIN reached USING (line) WHERE all_.repository_id = $1) now
         WHERE c.repository_id = $1 AND c.oid = now.oid AND now.reached = (c.lost_at IS NOT NULL)`,
        [repositoryId],
      );
      const [gone] = await m.query<{ count: string }[]>(
        `WITH gone AS (DELETE FROM commits WHERE repository_id = $1 AND lost_at < $2 RETURNING oid),
           changes AS (DELETE FROM entry_changes e USING gone WHERE e.repository_id = $1 AND e.commit_oid = gone.oid)
         SELECT count(*) FROM gone`,
        [repositoryId, lostBefore],
      );
      const deleted = Number(gone!.count);
      const [rows] = await m.query<[Omit<PruneProgress, 'deleted'>[], number]>(
        `UPDATE history_cuts SET changes = changes + $2, unswept = unswept OR $2 > 0 WHERE repository_id = $1
         RETURNING changes, unswept`,
        [repositoryId, Math.sign(deleted)],
      );
      return rows[0] && { deleted, ...rows[0] };
    });
  }

  /** The trees of all commits that the repository has. @param m the transaction that one is in */
  async roots(repositoryId: number, m = this.database.manager): Promise<string[]> {
    const rows = await m.query<{ oid: string }[]>(
      'SELECT DISTINCT tree_oid AS oid FROM commits WHERE repository_id = $1',
      [repositoryId],
    );
    return rows.map(({ oid }) => oid);
  }

  /** The bodies of trees. @param m as for `roots` */
  async bodies(repositoryId: number, oids: readonly string[], m = this.database.manager): Promise<Map<string, Buffer>> {
    const rows = await m.query<{ oid: string; body: Buffer }[]>(
      'SELECT oid, body FROM trees WHERE repository_id = $1 AND oid = ANY($2)',
      [repositoryId, oids],
    );
    return new Map(rows.map(({ oid, body }) => [oid, body]));
  }

  /**
   * Deletes some trees or blobs after this id that nobody needs; the id to go on from, undefined behind the last.
   * @param prepare lets the judge see what has come since it looked; nothing more comes until this is done
   */
  sweep(
    repositoryId: number,
    page: { readonly table: 'trees' | 'blobs'; readonly after: string },
    prepare: (m: EntityManager) => Promise<void>,
    isNeeded: (oid: string) => boolean,
  ): Promise<string | undefined> {
    return this.holding(repositoryId, async (m) => {
      await prepare(m);
      const rows = await m.query<{ oid: string }[]>(
        `SELECT oid FROM ${page.table} WHERE repository_id = $1 AND oid > $2 ORDER BY oid LIMIT ${SWEPT_AT_ONCE}`,
        [repositoryId, page.after],
      );
      const unneeded = rows.map(({ oid }) => oid).filter((oid) => !isNeeded(oid));
      await m.query(`DELETE FROM ${page.table} WHERE repository_id = $1 AND oid = ANY($2)`, [repositoryId, unneeded]);
      return rows.at(-1)?.oid;
    });
  }

  /** All is done, unless something has changed since; what is lost and not deleted yet stays noted. */
  async finish(repositoryId: number, { changes }: PruneProgress): Promise<void> {
    const isSeen = 'repository_id = $1 AND changes = $2';
    await this.database.query(
      `DELETE FROM history_cuts WHERE ${isSeen}
       AND NOT EXISTS (SELECT 1 FROM commits c WHERE c.repository_id = $1 AND c.lost_at IS NOT NULL)`,
      [repositoryId, changes],
    );
    await this.database.query(`UPDATE history_cuts SET unswept = false WHERE ${isSeen}`, [repositoryId, changes]);
  }

  private holding<T>(repositoryId: number, work: (m: EntityManager) => Promise<T>): Promise<T | undefined> {
    return this.database.transaction(async (m) => {
      await m.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      const found = await m.query<unknown[]>('SELECT FROM repositories WHERE id = $1 FOR UPDATE', [repositoryId]);
      return found.length === 0 ? undefined : work(m);
    });
  }
}
