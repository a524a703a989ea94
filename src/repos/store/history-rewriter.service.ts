import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import type { CommitEntity } from './commit.entity.js';
import { CommitStore } from './commit.store.js';
import { ObjectStore } from './object.store.js';
import type { RefEntity } from './ref.entity.js';
import { RefStore } from './ref.store.js';
import { retargetTag, rewriteHistory, type RewrittenCommit } from './rewrite-history.js';
import { TreeFilter } from './tree-filter.js';

/** Attempts while concurrent commits keep moving refs. */
const MAX_ATTEMPTS = 10;
/** Commits that are written in one transaction. */
const BATCH_SIZE = 500;

/** The paths that a commit changed. Paths of removed files do no harm: only paths that exist are looked up. */
const COPY_CHANGES = `
  INSERT INTO entry_changes (repository_id, path, generation, commit_oid)
  SELECT $1, e.path, e.generation, new.after
  FROM entry_changes e JOIN unnest($2::text[], $3::text[]) AS new (before, after) ON new.before = e.commit_oid
  WHERE e.repository_id = $1 ON CONFLICT DO NOTHING`;

/** Removes files from all commits that a branch or tag leads to. The former commits are unreachable then, and deleted later (ADR 12). */
@Injectable()
export class HistoryRewriter {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly refs: RefStore,
    private readonly commits: CommitStore,
    private readonly objects: ObjectStore,
  ) {}

  /**
   * @param unwanted - git ids of the files to remove
   * @param work - done in the transaction that moves the refs
   * @throws HubError `Conflict` if concurrent commits keep moving refs
   */
  async removeFiles(
    repositoryId: number,
    unwanted: ReadonlySet<string>,
    work: (m: EntityManager) => Promise<void>,
  ): Promise<void> {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
      const refs = await this.refs.all(repositoryId);
      const oids = await this.rewrite(repositoryId, refs, unwanted);
      if (await this.moveRefs(repositoryId, { refs, oids }, work)) return;
    }
    throw new HubError('Conflict', 'Other commits keep changing the branches. Try again.');
  }

  /** Writes the new commits, which no ref leads to yet. */
  private async rewrite(
    repositoryId: number,
    refs: readonly RefEntity[],
    unwanted: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, string>> {
    const heads = [...new Set(refs.map(({ commitOid }) => commitOid))];
    const history: CommitEntity[] = [];
    for await (const commit of this.commits.withAncestors(repositoryId, heads)) history.push(commit);
    history.reverse();
    const filter = new TreeFilter((oids) => this.objects.trees(repositoryId, oids), unwanted);
    for (const { treeOid } of history) await filter.add(treeOid);
    const treeOf = (oid: string): string => filter.resultOf(oid);
    const planned = rewriteHistory(history, treeOf, new Set());
    const existing = await this.commits.findMany(repositoryId, [...planned.oids.values()]);
    const { commits, oids } = rewriteHistory(history, treeOf, new Set(existing.map(({ oid }) => oid)));
    for (let at = 0; at < commits.length; at += BATCH_SIZE)
      await this.write(repositoryId, commits.slice(at, at + BATCH_SIZE), filter);
    return oids;
  }

  /** A commit is written with its trees, so that the collector does not take them for unneeded ones. */
  private async write(repositoryId: number, commits: readonly RewrittenCommit[], filter: TreeFilter): Promise<void> {
    await this.database.transaction(async (m) => {
      await this.refs.lockRepo(m, repositoryId);
      const trees = new Map(commits.flatMap(({ before }) => [...filter.newTreesIn(before.treeOid)]));
      await this.objects.addTrees(m, repositoryId, trees);
      for (const { after } of commits) await this.commits.add(m, after, []);
      const [before, after] = [commits.map((commit) => commit.before.oid), commits.map((commit) => commit.after.oid)];
      await m.query(COPY_CHANGES, [repositoryId, before, after]);
    });
  }

  /** Returns false if refs were changed concurrently. Commits, which lock the repository as well, wait until the end of the transaction. */
  private async moveRefs(
    repositoryId: number,
    { refs, oids }: { readonly refs: readonly RefEntity[]; readonly oids: ReadonlyMap<string, string> },
    work: (m: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    return this.database.transaction(async (m) => {
      await m.query('SELECT FROM repositories WHERE id = $1 FOR UPDATE', [repositoryId]);
      if (!isSame(refs, await this.refs.all(repositoryId, m))) return false;
      for (const ref of refs) {
        const commitOid = oids.get(ref.commitOid);
        if (commitOid !== undefined) await this.refs.retarget(m, ref, commitOid, retargetTag);
      }
      await work(m);
      await m.query('UPDATE repositories SET updated_at = now() WHERE id = $1', [repositoryId]);
      if (oids.size > 0) await this.refs.markHistoryCut(m, repositoryId);
      return true;
    });
  }
}

const isSame = (before: readonly RefEntity[], now: readonly RefEntity[]): boolean =>
  before.length === now.length &&
  before.every(({ name, commitOid }, at) => name === now[at]!.name && commitOid === now[at]!.commitOid);
