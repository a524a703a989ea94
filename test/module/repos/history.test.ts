import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HubError } from '../../../src/domain/hub-error.js';
import { FsBlobStore } from '../../../src/platform/storage/fs-blob-store.js';
import type { StorageClaim } from '../../../src/platform/storage/storage-claim.js';
import { FsPartStore } from '../../../src/platform/storage/fs-part-store.js';
import { CollectorService } from '../../../src/repos/gc/collector.service.js';
import { UnreferencedContentStore } from '../../../src/repos/gc/unreferenced-content.store.js';
import { HistoryPruner } from '../../../src/repos/gc/history-pruner.service.js';
import { HistoryStore } from '../../../src/repos/gc/history.store.js';
import { CommitStore } from '../../../src/repos/store/commit.store.js';
import { LocalFilesService } from '../../../src/repos/store/local-files.service.js';
import type { LocalRepo, OpenRepo } from '../../../src/repos/store/local-repo.js';
import { ObjectStore } from '../../../src/repos/store/object.store.js';
import { RefStore } from '../../../src/repos/store/ref.store.js';
import { ReachableCommits } from '../../../src/repos/store/reachable-commits.store.js';
import { RevisionsService } from '../../../src/repos/store/revisions.service.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

const DAY_MS = 86_400_000;
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const randomContent = (): string => randomBytes(200).toString('hex');
const never = (): boolean => false;

/** The storage belongs to the hub. */
const OWNED = { requireOwnership: () => Promise.resolve() } as StorageClaim;

describeOnEveryDatabase('pruning of unreachable commits', (newDatabase) => {
  let store: LocalStore;
  let blobs: FsBlobStore;
  let parts: FsPartStore;
  let history: HistoryStore;

  const inDays = (days: number) => () => new Date(Date.now() + days * DAY_MS);
  const collect = (days: number, index = history) =>
    new CollectorService(
      { contents: new UnreferencedContentStore(store.database), history: new HistoryPruner(index) },
      ...([blobs, parts, inDays(days), OWNED] as const),
    ).collect([]);
  const has = (content: string): Promise<boolean> => blobs.has(sha256(content));
  const read = async (repository: LocalRepo, revision: string, path: string): Promise<string> =>
    text((await store.repositories.file(repository, revision, path.split('/'), false)).open());
  const rows = async (repository: LocalRepo): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const table of ['commits', 'trees', 'blobs', 'entry_changes']) {
      const [row] = await store.database.query<{ n: string }[]>(
        `SELECT count(*) AS n FROM ${table} WHERE repository_id = $1`,
        [repository.id],
      );
      counts[table] = Number(row!.n);
    }
    return counts;
  };
  const recordedCuts = () => store.database.query('SELECT 1 FROM history_cuts');
  const squash = (repository: LocalRepo, branch = 'main') =>
    store.roots.squash(repository, { branch, author: 'alice', message: 'all in one' });
  const notFound = { code: 'RevisionNotFound' };
  const ignoreConflict = (error: unknown): void => {
    if (!(error instanceof HubError && error.code === 'Conflict')) throw error;
  };

  beforeAll(async () => {
    const config = await newDatabase();
    store = await LocalStore.open(config);
    [blobs, parts] = [new FsBlobStore(join(config.dataDir, 'blobs')), new FsPartStore(join(config.dataDir, 'parts'))];
    history = new HistoryStore(store.database);
  });
  afterAll(() => store.close());
  beforeEach(() => store.database.query('DELETE FROM history_cuts'));

  it('deletes the history of a squashed branch after a week, with content that nothing else references', async () => {
    const repository = await store.repository();
    const [old, kept, large] = [randomContent(), randomContent(), randomContent()];
    await store.repositories.putLfsObject(repository, Readable.from([Buffer.from(large)]));
    await store.commit(repository, { 'deep/in/old.txt': old, 'kept.txt': kept });
    await store.commit(repository, {}, { operations: [{ kind: 'lfsFile', path: 'large.bin', sha256: sha256(large) }] });
    const last = await store.commit(repository, { 'deep/in/old.txt': 'new', 'large.bin': null });
    const squashed = await squash(repository);
    await collect(0);
    expect(await read(repository, last, 'deep/in/old.txt')).toBe('new');
    await collect(6.9);
    expect(await read(repository, last, 'deep/in/old.txt')).toBe('new');
    expect(await has(old)).toBe(true);
    await collect(7.1);
    await expect(read(repository, last, 'deep/in/old.txt')).rejects.toMatchObject(notFound);
    expect([await has(old), await has(large), await has(kept)]).toEqual([false, false, true]);
    // blobs: .gitattributes, kept.txt and the last old.txt; trees: the root and two folders
    expect(await rows(repository)).toEqual({ commits: 1, trees: 3, blobs: 3, entry_changes: 5 });
    expect([await read(repository, 'main', 'deep/in/old.txt'), await read(repository, squashed, 'kept.txt')]).toEqual([
      'new',
      kept,
    ]);
    expect(await recordedCuts()).toEqual([]);
    const next = await store.commit(repository, { 'deep/in/old.txt': old });
    expect((await store.repositories.commits(repository, ['main'], [])).entries.map(({ id }) => id)).toEqual([
      next,
      squashed,
    ]);
    expect(await read(repository, 'main', 'deep/in/old.txt')).toBe(old);
  });

  it('deletes commits of a deleted branch that no other branch or tag reaches', async () => {
    const repository = await store.repository();
    const [shared, tagged, alone] = [randomContent(), randomContent(), randomContent()];
    const base = await store.commit(repository, { shared });
    await store.repositories.createBranch(repository, { name: 'side' });
    const withTag = await store.commit(repository, { tagged }, { branch: 'side' });
    await store.repositories.createTag(repository, { name: 'v1', revision: 'side' });
    const lost = await store.commit(repository, { alone, tagged: null }, { branch: 'side' });
    await store.commit(repository, { other: 'on main' });
    await store.refs.deleteBranch(repository, 'side');
    await collect(8);
    await expect(read(repository, lost, 'alone')).rejects.toMatchObject(notFound);
    expect(await read(repository, withTag, 'tagged')).toBe(tagged);
    expect(await read(repository, base, 'shared')).toBe(shared);
    expect([await has(alone), await has(tagged), await has(shared)]).toEqual([false, true, true]);
    await store.refs.deleteTag(repository, 'v1');
    await collect(8);
    await expect(read(repository, withTag, 'tagged')).rejects.toMatchObject(notFound);
    expect([await has(tagged), await read(repository, 'main', 'shared')]).toEqual([false, shared]);
  });

  it('keeps commits that a new branch reaches, and the period restarts when it is deleted', async () => {
    const repository = await store.repository();
    const content = randomContent();
    const oid = await store.commit(repository, { content });
    await store.commit(repository, { content: null });
    await squash(repository);
    await collect(0);
    await store.repositories.createBranch(repository, { name: 'back', revision: oid });
    await collect(30);
    expect(await read(repository, 'back', 'content')).toBe(content);
    await store.refs.deleteBranch(repository, 'back');
    await store.database.query(`UPDATE commits SET lost_at = now() - interval '30 days' WHERE oid = $1`, [oid]);
    await store.repositories.createTag(repository, { name: 'again', revision: oid });
    await collect(0);
    await store.refs.deleteTag(repository, 'again');
    await collect(0);
    expect(await read(repository, oid, 'content')).toBe(content);
  });

  it('fails the creation of a branch from a commit that is deleted at the same time', async () => {
    const repository = await store.repository();
    const oid = await store.commit(repository, { content: randomContent() });
    await squash(repository);
    const commitOf = store.revisions.resolve.bind(store.revisions);
    store.revisions.resolve = async (...args) => {
      const commit = await commitOf(...args);
      await collect(8);
      return commit;
    };
    try {
      await expect(store.repositories.createBranch(repository, { name: 'late', revision: oid })).rejects.toMatchObject(
        notFound,
      );
    } finally {
      store.revisions.resolve = commitOf;
    }
    const { branches } = await store.repositories.refs(repository, []);
    expect(branches.map(({ name }) => name)).toEqual(['main']);
  });

  it('hides deleted commits from readers, even if their data is cached', async () => {
    const repository = await store.repository();
    const files = Object.fromEntries(Array.from({ length: 4 }, (_, n) => [`folder-${n}/file`, randomContent()]));
    const oid = await store.commit(repository, files);
    await store.commit(repository, Object.fromEntries(Object.keys(files).map((path) => [path, null])));
    const { nextCursor } = await store.repositories.tree(repository, [oid], [['limit', '2']]);
    expect(await read(repository, oid, 'folder-0/file')).toBe(files['folder-0/file']);
    await squash(repository);
    await collect(8);
    const recursive: [string, string][] = [
      ['recursive', 'true'],
      ['cursor', nextCursor!],
    ];
    await expect(store.repositories.tree(repository, ['main'], recursive)).rejects.toMatchObject(notFound);
    await expect(read(repository, oid, 'folder-0/file')).rejects.toMatchObject(notFound);
    await expect(store.repositories.revision(repository, [oid], [])).rejects.toMatchObject(notFound);
    await expect(store.repositories.commits(repository, [oid], [])).rejects.toMatchObject(notFound);
  });

  it('completes an interrupted deletion in the next run', async () => {
    const repository = await store.repository();
    const content = randomContent();
    await store.commit(repository, { content });
    await store.commit(repository, { content: null });
    await squash(repository);
    const failing = Object.assign(Object.create(history) as HistoryStore, {
      sweep: () => Promise.reject(new Error('killed')),
    });
    await collect(8, failing);
    expect([(await rows(repository))['commits'], await has(content)]).toEqual([1, true]);
    await collect(8);
    expect([await rows(repository), await has(content)]).toEqual([
      { commits: 1, trees: 1, blobs: 1, entry_changes: 1 },
      false,
    ]);
  });

  it('deletes nothing if a tree is missing in the database', async () => {
    const repository = await store.repository();
    await store.commit(repository, { 'folder/file': randomContent() });
    await squash(repository);
    await store.database.query(
      `DELETE FROM trees t USING commits c WHERE c.repository_id = $1 AND t.repository_id = $1 AND c.tree_oid = t.oid
       AND c.generation = 1 AND c.title = 'all in one'`,
      [repository.id],
    );
    const before = (await rows(repository))['blobs'];
    await collect(8);
    expect((await rows(repository))['blobs']).toBe(before);
  });

  describe('with concurrent commits', () => {
    /** Expects that all files of all reachable commits are readable and unchanged, with empty caches. */
    async function expectIntact(repository: LocalRepo, expectedContents: ReadonlySet<string>): Promise<void> {
      const refs = new RefStore(store.database);
      const commits = new CommitStore(store.database);
      const objects = new ObjectStore(store.database);
      const revisions = new RevisionsService(refs, commits, new ReachableCommits(store.database));
      const files = new LocalFilesService(revisions, commits, objects, blobs, undefined);
      for (const { commitOid } of await refs.all(repository.id)) {
        const head = (await commits.find(repository.id, commitOid))!;
        const all = await commits.history(head, 0, 1000);
        expect(all).toHaveLength(head.generation);
        for (const commit of all) {
          for await (const { path } of files.files(repository, commit)) {
            const { open } = await files.file(repository as OpenRepo, commit.oid, path.split('/'), false);
            if (path !== '.gitattributes')
              expect([path, expectedContents.has(await text(open()))]).toEqual([path, true]);
          }
        }
      }
    }

    it('waits for a commit in progress and keeps what it references', async () => {
      const repository = await store.repository();
      const content = randomContent();
      const oid = await store.commit(repository, { content });
      await store.commit(repository, { content: null });
      await squash(repository);
      const refs = new RefStore(store.database);
      let pruning: Promise<boolean> | undefined;
      await store.database.transaction(async (m) => {
        await refs.lockRepo(m, repository.id);
        let isDone = false;
        pruning = new HistoryPruner(history).prune(inDays(8)(), never).then(() => (isDone = true));
        // a database server lists waiting sessions; the embedded database has one session only
        for (let n = 0; n < 300 && !isDone; n += 1) {
          const waiting = await m.query<unknown[]>('SELECT 1 FROM pg_locks WHERE NOT granted');
          if (waiting.length > 0) break;
          await yieldToEventLoop();
        }
        await refs.create(m, { repositoryId: repository.id, name: 'refs/heads/back', commitOid: oid });
      });
      await pruning;
      expect(await read(repository, 'back', 'content')).toBe(content);
      const { treeOid } = (await new CommitStore(store.database).find(repository.id, oid))!;
      const trees = await new ObjectStore(store.database).trees(repository.id, [treeOid]);
      expect(trees.get(treeOid)!.find('content')).toBeDefined();
    });

    it('keeps trees and blobs that are used again during pruning', async () => {
      const repository = await store.repository();
      const pool = Array.from({ length: 3 }, randomContent);
      let working = true;
      // The head may be squashed and pruned before its branch is created, since this test has no grace period.
      const branchOff = (name: string): Promise<unknown> =>
        store.repositories.createBranch(repository, { name, overwrite: true }).catch((error: unknown) => {
          if (error instanceof HubError && error.code === 'RevisionNotFound') return branchOff(name);
          throw error;
        });
      const work = async (worker: number): Promise<void> => {
        const name = `branch-${worker}`;
        for (let round = 0; round < 30; round += 1) {
          const content = pool[(worker + round) % pool.length]!;
          await store.commit(repository, { 'a/b/file': content, [`a/of-${worker}`]: content });
          if (round % 3 === 0) await branchOff(name);
          if (round % 3 === 1) await store.commit(repository, { 'a/side': content }, { branch: name });
          if (round % 5 === 4) await squash(repository).catch(ignoreConflict);
          if (round % 3 === 2) await store.refs.deleteBranch(repository, name);
        }
      };
      let pruned = 0;
      const prune = async (): Promise<void> => {
        const pruner = new HistoryPruner(history);
        while (working) {
          const deleted = await pruner.prune(inDays(1)(), never);
          pruned += deleted; // not `pruned += await …`, which would undo what the other one adds meanwhile
          await yieldToEventLoop();
        }
      };
      const workers = Promise.all([work(0), work(1), work(2)]).finally(() => (working = false));
      await Promise.all([workers, prune(), prune()]);
      await squash(repository); // all others may have been overtaken by commits
      pruned += await new HistoryPruner(history).prune(inDays(1)(), never);
      await expectIntact(repository, new Set(pool));
      expect(pruned).toBeGreaterThan(0);
    });
  });
});
