import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { DataSource, LessThan, MoreThanOrEqual, And, type EntityManager } from 'typeorm';
import type { HistorySpan } from './client-history.js';
import { CommitEntity } from './commit.entity.js';

const COMMITS_KEPT = 10_000;

/** A commit in a few words, as listings show it beside a file. */
export interface CommitNote {
  readonly oid: string;
  readonly title: string;
  readonly createdAt: Date;
}

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

  /** Those of these commits that the repository has. */
  async among(repositoryId: number, oids: readonly string[]): Promise<CommitEntity[]> {
    return this.database.manager
      .createQueryBuilder(CommitEntity, 'commit')
      .where('commit.repositoryId = :repositoryId AND commit.oid = ANY(:oids)', { repositoryId, oids })
      .getMany();
  }

  /** Is it in the database, whatever is remembered? @param m the transaction in which something is done with it */
  isThere(m: EntityManager, repositoryId: number, oid: string): Promise<boolean> {
    return m.existsBy(CommitEntity, { repositoryId, oid });
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
    const { lines, upTo } = inColumns(await this.ancestry(head));
    return this.database.manager
      .createQueryBuilder(CommitEntity, 'commit')
      .innerJoin(
        '(SELECT * FROM unnest(:lines::text[], :upTo::integer[]) AS s (line, up_to))',
        'span',
        'span.line = commit.line',
      )
      .where('commit.repositoryId = :id AND commit.generation <= span.up_to', { id: head.repositoryId, lines, upTo })
      .andWhere('commit.generation <= :newest AND commit.generation > :oldest', { newest, oldest: newest - take })
      .orderBy('commit.generation', 'DESC')
      .getMany();
  }

  /** For each path the commit, up to `head`, that made it what it is there. */
  async lastChanges(head: CommitEntity, paths: readonly string[]): Promise<Map<string, CommitNote>> {
    const { lines, upTo } = inColumns(await this.ancestry(head));
    const rows: { path: string; oid: string; title: string; created_at: Date }[] = await this.database.query(
      `SELECT asked.path, last.oid, last.title, last.created_at
       FROM unnest($2::text[]) AS asked (path) CROSS JOIN LATERAL (
         SELECT c.oid, c.title, c.created_at
         FROM entry_changes change
         JOIN commits c ON c.repository_id = $1 AND c.oid = change.commit_oid
         JOIN unnest($3::text[], $4::integer[]) AS span (line, up_to) ON c.line = span.line AND c.generation <= span.up_to
         WHERE change.repository_id = $1 AND change.path = asked.path AND change.generation <= $5
         ORDER BY change.generation DESC LIMIT 1
       ) AS last`,
      [head.repositoryId, paths, lines, upTo, head.generation],
    );
    return new Map(rows.map(({ path, oid, title, created_at }) => [path, { oid, title, createdAt: created_at }]));
  }

  /** Writes a commit and what it changed. The same commit made twice (on two branches, in one second) is one. */
  async add(m: EntityManager, commit: CommitEntity, changedPaths: readonly string[]): Promise<void> {
    // where a sibling continues the parent's line already, this one begins its own
    if (!(await insert(m, commit))) await insert(m, { ...commit, line: commit.oid });
    await m.query(
      `INSERT INTO entry_changes (repository_id, path, generation, commit_oid)
       SELECT $1, path, $2, $3 FROM unnest($4::text[]) AS path
       ON CONFLICT DO NOTHING`,
      [commit.repositoryId, commit.generation, commit.oid, changedPaths],
    );
  }

  /** A commit and its ancestors as spans of lines: one look-up per fork, not one per commit. */
  async ancestry(head: CommitEntity): Promise<HistorySpan[]> {
    const spans: HistorySpan[] = [];
    for (let at: CommitEntity | undefined = head; at;) {
      spans.push({ line: at.line, upTo: at.generation });
      const first = await this.find(head.repositoryId, at.line);
      at = first?.parentOid ? await this.find(head.repositoryId, first.parentOid) : undefined;
    }
    return spans;
  }
}

/** Says whether it is new: neither the commit was there, nor another at its place in its line. */
async function insert(m: EntityManager, commit: CommitEntity): Promise<boolean> {
  const query = m.createQueryBuilder().insert().into(CommitEntity).values(commit).orIgnore().returning('oid');
  return ((await query.execute()).raw as unknown[]).length > 0;
}

const inColumns = (spans: readonly HistorySpan[]): { lines: string[]; upTo: number[] } => ({
  lines: spans.map(({ line }) => line),
  upTo: spans.map(({ upTo }) => upTo),
});
