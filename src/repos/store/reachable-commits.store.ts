import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { REACHED } from './reachable-history.js';

/**
 * Whether the commit `c` is reachable. From cheap to expensive: history that was never cut is reachable, since each operation that removes or
 * overwrites a ref is recorded in `history_cuts`; most commits in use are on the line of a ref; only for the others are forks followed.
 */
const IS_REACHABLE = `(
  NOT EXISTS (SELECT FROM history_cuts WHERE repository_id = $1)
  OR EXISTS (SELECT FROM heads WHERE heads.line = c.line AND heads.up_to >= c.generation)
  OR EXISTS (SELECT FROM reached WHERE reached.line = c.line AND reached.up_to >= c.generation))`;

/** "g" sorts after every hex digit. */
const BY_PREFIX = `${REACHED}
  SELECT c.oid FROM commits c
  WHERE c.repository_id = $1 AND c.oid >= $2::text AND c.oid < $2::text || 'g' AND ${IS_REACHABLE} LIMIT 2`;

const AMONG = `${REACHED}
  SELECT c.oid FROM commits c WHERE c.repository_id = $1 AND c.oid = ANY($2) AND ${IS_REACHABLE}`;

const ROOT_TREES = `${REACHED}
  SELECT DISTINCT c.tree_oid FROM commits c WHERE c.repository_id = $1 AND ${IS_REACHABLE}`;

/** Finds commits that a branch or tag leads to. Others are deleted after a week (ADR 12); until then, they are hidden from readers. */
@Injectable()
export class ReachableCommits {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The id of the reachable commit with this prefix, if there is exactly one. */
  async findByPrefix(repositoryId: number, prefix: string): Promise<string | undefined> {
    const rows = await this.database.query<{ oid: string }[]>(BY_PREFIX, [repositoryId, prefix]);
    return rows.length === 1 ? rows[0]!.oid : undefined;
  }

  /** The reachable commits among the given ones. */
  async among(repositoryId: number, oids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ oid: string }[]>(AMONG, [repositoryId, oids]);
    return new Set(rows.map(({ oid }) => oid));
  }

  /** The root folders of all reachable commits. */
  async rootTrees(repositoryId: number): Promise<string[]> {
    const rows = await this.database.query<{ tree_oid: string }[]>(ROOT_TREES, [repositoryId]);
    return rows.map(({ tree_oid: oid }) => oid);
  }

  /** Whether refs were removed or overwritten recently, so that the repository may have unreachable commits. */
  async mayHaveUnreachable(repositoryId: number): Promise<boolean> {
    const rows = await this.database.query<unknown[]>('SELECT FROM history_cuts WHERE repository_id = $1', [
      repositoryId,
    ]);
    return rows.length > 0;
  }
}
