import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { DataSource, LessThan, MoreThanOrEqual, And, type EntityManager } from 'typeorm';
import { CommitEntity } from './commit.entity.js';

const COMMITS_KEPT = 10_000;

/** A commit in a few words, as listings show it beside a file. */
export interface CommitNote {
  readonly oid: string;
  readonly title: string;
  readonly createdAt: Date;
}

/**
 * A commit ($2) and its ancestors in a repository ($1). LATERAL and LIMIT keep the planner to one look into the index per commit:
 * a plain join reads all commits for each, and a thousand commits take a thousand times as long.
 */
const LINE = `
  WITH RECURSIVE line AS (
    SELECT oid, parent_oid, generation FROM commits WHERE repository_id = $1 AND oid = $2
    UNION ALL
    SELECT older.oid, older.parent_oid, older.generation
    FROM line CROSS JOIN LATERAL (
      SELECT oid, parent_oid, generation FROM commits WHERE repository_id = $1 AND oid = line.parent_oid LIMIT 1
    ) AS older)`;

/** The history of repositories as it lies in the database. */
@Injectable()
export class CommitStore {
  /** Commits never change: those read lately are kept. */
  private readonly kept = new LRUCache<string, CommitEntity>({ max: COMMITS_KEPT });

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @param m the transaction that one is in: the embedded database would wait for itself otherwise */
  async find(repositoryId: number, oid: string, m = this.database.manager): Promise<CommitEntity | undefined> {
    const key = `${repositoryId}:${oid}`;
    const kept = this.kept.get(key);
    if (kept) return kept;
    const found = await m.findOneBy(CommitEntity, { repositoryId, oid });
    if (found) this.kept.set(key, found);
    return found ?? undefined;
  }

  /** The commit whose id begins so, if there is exactly one. */
  async findByPrefix(repositoryId: number, prefix: string): Promise<CommitEntity | undefined> {
    // "g" sorts after every hex digit
    const oid = And(MoreThanOrEqual(prefix), LessThan(`${prefix}g`));
    const found = await this.database.manager.find(CommitEntity, { where: { repositoryId, oid }, take: 2 });
    return found.length === 1 ? found[0] : undefined;
  }

  /** Commits from `head` backwards, newest first. */
  async history(head: CommitEntity, skip: number, take: number): Promise<CommitEntity[]> {
    const newest = head.generation - skip;
    const line: { oid: string }[] = await this.database.query(
      `${LINE} SELECT oid FROM line WHERE generation <= $3 ORDER BY generation DESC LIMIT $4`,
      [head.repositoryId, head.oid, newest, take],
    );
    return this.database.manager
      .createQueryBuilder(CommitEntity, 'commit')
      .where('commit.repositoryId = :id AND commit.oid = ANY(:oids)', {
        id: head.repositoryId,
        oids: line.map(({ oid }) => oid),
      })
      .orderBy('commit.generation', 'DESC')
      .getMany();
  }

  /** For each path the commit, up to `head`, that made it what it is there. */
  async lastChanges(head: CommitEntity, paths: readonly string[]): Promise<Map<string, CommitNote>> {
    const rows: { path: string; oid: string; title: string; created_at: Date }[] = await this.database.query(
      `${LINE}
       SELECT DISTINCT ON (change.path) change.path, c.oid, c.title, c.created_at
       FROM entry_changes change
       JOIN line ON line.oid = change.commit_oid
       JOIN commits c ON c.repository_id = $1 AND c.oid = line.oid
       WHERE change.repository_id = $1 AND change.path = ANY($3)
       ORDER BY change.path, change.generation DESC`,
      [head.repositoryId, head.oid, paths],
    );
    return new Map(rows.map(({ path, oid, title, created_at }) => [path, { oid, title, createdAt: created_at }]));
  }

  /** Writes a commit and what it changed. The same commit made twice (on two branches, in one second) is one. */
  async add(m: EntityManager, commit: CommitEntity, changedPaths: readonly string[]): Promise<void> {
    await m.createQueryBuilder().insert().into(CommitEntity).values(commit).orIgnore().execute();
    await m.query(
      `INSERT INTO entry_changes (repository_id, path, generation, commit_oid)
       SELECT $1, path, $2, $3 FROM unnest($4::text[]) AS path
       ON CONFLICT DO NOTHING`,
      [commit.repositoryId, commit.generation, commit.oid, changedPaths],
    );
  }
}
