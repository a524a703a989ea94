import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import type { HistorySpan } from './client-history.js';
import { rowBatches } from './row-batches.js';
import { CommitEntity } from './commit.entity.js';

const MAX_CACHED_COMMITS = 10_000;
const ANCESTORS_PER_QUERY = 2048;

/** The lines of the commits (`$2`), and the lines that they forked from. */
const SPANS = `
  WITH RECURSIVE spans (line, up_to) AS (
      SELECT line, generation FROM commits WHERE repository_id = $1 AND oid = ANY($2)
    UNION
      SELECT parent.line, parent.generation FROM spans
      JOIN commits first ON first.repository_id = $1 AND first.oid = spans.line
      JOIN commits parent ON parent.repository_id = $1 AND parent.oid = first.parent_oid)
  SELECT line, max(up_to) AS "upTo" FROM spans GROUP BY line`;

/** A commit as shown in file listings. */
export interface CommitSummary {
  readonly oid: string;
  readonly title: string;
  readonly createdAt: Date;
}

@Injectable()
export class CommitStore {
  /** Commits are immutable, so recently used ones are cached. */
  private readonly cache = new LRUCache<string, CommitEntity>({ max: MAX_CACHED_COMMITS });

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @param m - the current transaction; the embedded database would deadlock if another connection were used */
  async find(repositoryId: number, oid: string, m = this.database.manager): Promise<CommitEntity | undefined> {
    const key = `${repositoryId}:${oid}`;
    const cached = this.cache.get(key);
    if (cached) return cached;
    const found = await m.findOneBy(CommitEntity, { repositoryId, oid });
    if (found) this.cache.set(key, found);
    return found ?? undefined;
  }

  /** The commits with these ids that exist in the repository. */
  async findMany(repositoryId: number, oids: readonly string[]): Promise<CommitEntity[]> {
    return this.database.manager
      .createQueryBuilder(CommitEntity, 'commit')
      .where('commit.repositoryId = :repositoryId AND commit.oid = ANY(:oids)', { repositoryId, oids })
      .getMany();
  }

  /**
   * Whether the commit still exists in the database, bypassing the cache.
   *
   * @param m - the transaction that relies on it
   */
  exists(m: EntityManager, repositoryId: number, oid: string): Promise<boolean> {
    return m.existsBy(CommitEntity, { repositoryId, oid });
  }

  /** Commits from `head` backwards, newest first. */
  async history(head: CommitEntity, skip: number, take: number): Promise<CommitEntity[]> {
    const newest = head.generation - skip;
    return this.inSpans(head.repositoryId, await this.ancestry(head))
      .andWhere('commit.generation <= :newest AND commit.generation > :oldest', { newest, oldest: newest - take })
      .orderBy('commit.generation', 'DESC')
      .getMany();
  }

  /** Commits and all their ancestors, newest first. */
  async *withAncestors(repositoryId: number, oids: readonly string[]): AsyncGenerator<CommitEntity> {
    const spans = await this.spans(repositoryId, oids);
    let page: CommitEntity[] = [];
    do {
      const query = this.inSpans(repositoryId, spans);
      const last = page.at(-1);
      if (last) query.andWhere('(commit.generation, commit.oid) < (:generation, :oid)', last);
      page = await query
        .orderBy({ 'commit.generation': 'DESC', 'commit.oid': 'DESC' })
        .limit(ANCESTORS_PER_QUERY)
        .getMany();
      yield* page;
    } while (page.length === ANCESTORS_PER_QUERY);
  }

  private inSpans(id: number, spans: readonly HistorySpan[]): SelectQueryBuilder<CommitEntity> {
    return this.database.manager
      .createQueryBuilder(CommitEntity, 'commit')
      .innerJoin(
        '(SELECT * FROM unnest(:lines::text[], :upTo::integer[]) AS s (line, up_to))',
        'span',
        'span.line = commit.line',
      )
      .where('commit.repositoryId = :id AND commit.generation <= span.up_to', { id, ...toColumns(spans) });
  }

  /** The generation of the newest commit up to `head` that is older than `date`; 0 without an older commit. */
  async newestBefore(head: CommitEntity, date: Date): Promise<number> {
    const { lines, upTo } = toColumns(await this.ancestry(head));
    const [row] = await this.database.query<{ generation: number }[]>(
      `SELECT coalesce(max(c.generation), 0) AS generation FROM commits c
       JOIN unnest($2::text[], $3::integer[]) AS span (line, up_to) ON c.line = span.line AND c.generation <= span.up_to
       WHERE c.repository_id = $1 AND c.created_at < $4`,
      [head.repositoryId, lines, upTo, date],
    );
    return row!.generation;
  }

  /** For each path, the last commit up to `head` that changed it. */
  async lastChanges(head: CommitEntity, paths: readonly string[]): Promise<Map<string, CommitSummary>> {
    const { lines, upTo } = toColumns(await this.ancestry(head));
    const rows: { path: string; oid: string; title: string; created_at: Date }[] = await this.database.query(
      `SELECT requested.path, last.oid, last.title, last.created_at
       FROM unnest($2::text[]) AS requested (path) CROSS JOIN LATERAL (
         SELECT c.oid, c.title, c.created_at
         FROM entry_changes change
         JOIN commits c ON c.repository_id = $1 AND c.oid = change.commit_oid
         JOIN unnest($3::text[], $4::integer[]) AS span (line, up_to) ON c.line = span.line AND c.generation <= span.up_to
         WHERE change.repository_id = $1 AND change.path = requested.path AND change.generation <= $5
         ORDER BY change.generation DESC LIMIT 1
       ) AS last`,
      [head.repositoryId, paths, lines, upTo, head.generation],
    );
    return new Map(rows.map(({ path, oid, title, created_at }) => [path, { oid, title, createdAt: created_at }]));
  }

  /**
   * Writes a commit and the paths it changed. An identical commit that exists already (made on two branches in the same second) is kept.
   */
  async add(m: EntityManager, commit: CommitEntity, changedPaths: readonly string[]): Promise<void> {
    // If another child already continues the line of the parent, this commit starts a new line.
    if (!(await insert(m, commit))) await insert(m, { ...commit, line: commit.oid });
    for (const paths of rowBatches(changedPaths, (path) => path.length))
      await m.query(
        `INSERT INTO entry_changes (repository_id, path, generation, commit_oid)
         SELECT $1, path, $2, $3 FROM unnest($4::text[]) AS path
         ON CONFLICT DO NOTHING`,
        [commit.repositoryId, commit.generation, commit.oid, paths],
      );
  }

  /** A commit and its ancestors, as spans of lines. */
  async ancestry(head: CommitEntity): Promise<readonly HistorySpan[]> {
    const first = await this.find(head.repositoryId, head.line);
    if (!first?.parentOid) return [{ line: head.line, upTo: head.generation }]; // most histories have a single line
    return this.spans(head.repositoryId, [head.oid]);
  }

  /** All of these commits and their ancestors, as spans of lines. */
  async spans(repositoryId: number, oids: readonly string[]): Promise<readonly HistorySpan[]> {
    return this.database.query<HistorySpan[]>(SPANS, [repositoryId, oids]);
  }
}

/** Returns true if the row was inserted: neither the commit nor another one at its position in the line existed. */
async function insert(m: EntityManager, commit: CommitEntity): Promise<boolean> {
  const query = m.createQueryBuilder().insert().into(CommitEntity).values(commit).orIgnore().returning('oid');
  return ((await query.execute()).raw as unknown[]).length > 0;
}

const toColumns = (spans: readonly HistorySpan[]): { lines: string[]; upTo: number[] } => ({
  lines: spans.map(({ line }) => line),
  upTo: spans.map(({ upTo }) => upTo),
});
