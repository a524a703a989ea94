import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HubError } from '../../../src/domain/hub-error.js';
import { Quotas1768014000000 } from '../../../src/platform/database/migrations/1768014000000-quotas.js';
import { KeptSums1768020000000 } from '../../../src/platform/database/migrations/1768020000000-kept-sums.js';
import { HistoryPruner } from '../../../src/repos/gc/history-pruner.service.js';
import { HistoryStore } from '../../../src/repos/gc/history.store.js';
import { UnreferencedContentStore } from '../../../src/repos/gc/unreferenced-content.store.js';
import { QuotaStore } from '../../../src/repos/quota/quota.store.js';
import { SumStore } from '../../../src/repos/quota/sum.store.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { FULL_RUN } from '../../support/full-run.js';
import { LocalStore } from '../../support/local-store.js';

const OWNERS = ['alice', 'bob', 'acme'] as const;
/** Contents of different sizes, few enough that namespaces and repositories often share them. */
const CONTENTS = Array.from({ length: 6 }, (_, n) => `content ${n}\n`.repeat(n * 7 + 1));
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const FUTURE = new Date(Date.now() + 30 * 86_400_000);

/** Bytes by account, counted from scratch. */
const RECOUNT = `
  SELECT a.name, coalesce((SELECT sum(size) FROM (
      SELECT sha256, size FROM blobs b JOIN repositories r ON r.id = b.repository_id WHERE r.owner_id = a.id
      UNION SELECT sha256, size FROM lfs_objects o JOIN repositories r ON r.id = o.repository_id WHERE r.owner_id = a.id) c), 0)
    + coalesce((SELECT sum(stored_bytes) FROM xet_xorbs x WHERE x.owner_id = a.id AND x.sha256 IS NOT NULL), 0) AS bytes
  FROM accounts a ORDER BY a.name`;
const COUNTED = `
  SELECT a.name, coalesce((SELECT sum(bytes) FROM usage_changes c WHERE c.account_id = a.id), 0) AS bytes
  FROM accounts a ORDER BY a.name`;

/** Sizes of repositories and totals, as they are kept and counted from scratch. */
const KEPT = `
  SELECT 'size:' || repository_id AS name, bytes FROM repository_sizes
  UNION ALL SELECT key, sum(amount) FROM sum_changes GROUP BY key HAVING sum(amount) <> 0 ORDER BY name`;
const KEPT_RECOUNT = `
  WITH sizes AS (
    SELECT r.id, r.type, coalesce((SELECT sum(size) FROM blobs b WHERE b.repository_id = r.id AND NOT b.lfs), 0)
      + coalesce((SELECT sum(size) FROM lfs_objects o WHERE o.repository_id = r.id), 0) AS bytes
    FROM repositories r)
  SELECT * FROM (
    SELECT 'size:' || id AS name, bytes FROM sizes
    UNION ALL SELECT 'repository_bytes', sum(bytes) FROM sizes HAVING sum(bytes) > 0
    UNION ALL SELECT 'repositories:' || type, count(*) FROM repositories GROUP BY type
    UNION ALL SELECT 'repositories_of:' || owner_id, count(*) FROM repositories GROUP BY owner_id
    UNION ALL SELECT 'accounts:' || kind, count(*) FROM accounts GROUP BY kind
    UNION ALL SELECT 'contents', count(*) FROM contents HAVING count(*) > 0
    UNION ALL SELECT 'content_bytes', sum(size) FROM contents HAVING sum(size) > 0) counted
  ORDER BY name`;
const UNSIZED = `
  SELECT c.sha256 AS name, f.size AS bytes FROM contents c JOIN blobs f USING (sha256) WHERE c.size IS DISTINCT FROM f.size
  UNION SELECT c.sha256, f.size FROM contents c JOIN lfs_objects f USING (sha256) WHERE c.size IS DISTINCT FROM f.size`;

describeOnEveryDatabase('the use of namespaces', (newDatabase) => {
  let store: LocalStore;
  let usage: QuotaStore;
  let sums: SumStore;
  const ids = new Map<string, number>();

  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
    usage = new QuotaStore(store.database);
    sums = new SumStore(store.database);
    await store.accounts.createUser({ name: 'bob' });
    await store.accounts.createOrganization({ name: 'acme' });
    for (const name of OWNERS) ids.set(name, (await store.accounts.getByName(name)).id);
  });
  afterAll(() => store.close());

  const counts = (sql: string) => store.database.query<{ name: string; bytes: string }[]>(sql);
  const usedBy = async (owner: string): Promise<number> => (await usage.use(ids.get(owner)!)).used;

  /** Compares everything that triggers keep with a recount. */
  async function expectExact(step: unknown): Promise<void> {
    expect({ step, counts: await counts(COUNTED) }).toEqual({ step, counts: await counts(RECOUNT) });
    expect({ step, counts: await counts(KEPT) }).toEqual({ step, counts: await counts(KEPT_RECOUNT) });
    expect({ step, unsized: await counts(UNSIZED) }).toEqual({ step, unsized: [] });
    expect(await counts('SELECT id::text AS name, bytes FROM repository_size_changes')).toEqual([]);
  }

  async function newRepo(owner: string): Promise<LocalRepo> {
    const name = `r${Math.random().toString(36).slice(2)}`;
    const repo = { type: 'model', namespace: owner, name } as const;
    return store.repositories.createRepository({ repo, ownerName: owner, private: false });
  }
  const upload = (to: LocalRepo, content: string) =>
    store.repositories.putLfsObject(to, Readable.from([Buffer.from(content)]));
  const commitLarge = (to: LocalRepo, content: string, path: string) =>
    store.commit(to, {}, { operations: [{ kind: 'lfsFile', path, sha256: sha256(content) }] });
  const squash = (repository: LocalRepo) =>
    store.roots.squash(repository, { branch: 'main', author: 'alice', message: 'squash' });
  async function prune(): Promise<void> {
    const pruner = new HistoryPruner(new HistoryStore(store.database));
    await pruner.prune(FUTURE, () => false); // finds the unreachable commits
    await pruner.prune(FUTURE, () => false);
  }
  const deleteUncommitted = () =>
    new UnreferencedContentStore(store.database).deleteUncommittedLfsObjects(FUTURE, FUTURE);
  async function transfer(repository: LocalRepo, owner: string): Promise<LocalRepo> {
    const repo = { ...repository.repo, namespace: owner };
    const ownerId = ids.get(owner)!;
    await store.changes.move(repository, { repo, ownerId });
    return { ...repository, repo, ownerId };
  }

  it('counts identical contents of a namespace once, and what each change frees', async () => {
    const start = await usedBy('bob');
    const [first, second] = [await newRepo('bob'), await newRepo('bob')];
    const attributes = (await usedBy('bob')) - start;
    const added = async (): Promise<number> => (await usedBy('bob')) - start - attributes;
    await store.commit(first, { 'a.txt': 'x'.repeat(1000), 'copy.txt': 'x'.repeat(1000) });
    expect(await added()).toBe(1000);
    await store.commit(second, { 'b.txt': 'x'.repeat(1000), 'c.txt': 'y'.repeat(500) });
    expect(await added()).toBe(1500);
    await store.commit(second, { 'c.txt': null });
    expect(await added()).toBe(1500); // still part of the history
    await squash(second);
    await prune();
    expect(await added()).toBe(1000);
    await upload(second, 'z'.repeat(300));
    expect(await added()).toBe(1300);
    await transfer(second, 'acme');
    expect(await added()).toBe(1000);
    await store.changes.remove(first);
    expect(await usedBy('bob')).toBe(start);
  });

  it('equals a recount after any sequence of changes', async () => {
    const owner = fc.constantFrom(...OWNERS);
    const content = fc.constantFrom(...CONTENTS);
    const at = fc.nat(20);
    const path = fc.constantFrom('a', 'b', 'folder/c');
    const change = fc.oneof(
      fc.record({ kind: fc.constant('create' as const), owner }),
      fc.record({ kind: fc.constant('commit' as const), at, path, content }),
      fc.record({ kind: fc.constant('commit' as const), at, path, content }),
      fc.record({ kind: fc.constant('upload' as const), at, content, path, commits: fc.boolean() }),
      fc.record({ kind: fc.constant('remove file' as const), at, path }),
      fc.record({ kind: fc.constant('squash' as const), at }),
      fc.record({ kind: fc.constant('transfer' as const), at, owner }),
      fc.record({ kind: fc.constant('delete' as const), at }),
      fc.record({ kind: fc.constantFrom('prune' as const, 'delete uncommitted' as const, 'tidy' as const) }),
    );
    const property = fc.asyncProperty(fc.array(change, { minLength: 5, maxLength: 25 }), async (changes) => {
      const repositories: LocalRepo[] = [await newRepo('alice'), await newRepo('bob')];
      const pick = (n: number): LocalRepo | undefined => repositories[n % Math.max(1, repositories.length)];
      for (const step of changes) {
        const chosen = 'at' in step ? pick(step.at) : undefined;
        if (step.kind === 'create') repositories.push(await newRepo(step.owner));
        if (step.kind === 'prune') await prune();
        if (step.kind === 'delete uncommitted') await deleteUncommitted();
        if (step.kind === 'tidy') await Promise.all([usage.tidy(), sums.tidy()]);
        if (!chosen) continue;
        if (step.kind === 'commit') await store.commit(chosen, { [step.path]: step.content });
        if (step.kind === 'upload') {
          await upload(chosen, step.content);
          if (step.commits) await commitLarge(chosen, step.content, step.path);
        }
        if (step.kind === 'remove file') await store.commit(chosen, { [step.path]: null }).catch(() => undefined);
        if (step.kind === 'squash') await squash(chosen);
        if (step.kind === 'transfer')
          repositories.splice(repositories.indexOf(chosen), 1, await transfer(chosen, step.owner));
        if (step.kind === 'delete') {
          await store.changes.remove(chosen);
          repositories.splice(repositories.indexOf(chosen), 1);
        }
        await expectExact(step);
      }
      for (const repository of repositories) await store.changes.remove(repository);
      await expectExact('the end');
    });
    await fc.assert(property, { numRuns: FULL_RUN ? 100 : 8, endOnFailure: true });
  });

  it('equals a recount after concurrent commits, uploads, transfers and deletions', async () => {
    const repositories = await Promise.all(OWNERS.flatMap((name) => [newRepo(name), newRepo(name)]));
    const work = repositories.flatMap((repository, n) => [
      store.commit(repository, { a: CONTENTS[n % 6]!, b: CONTENTS[(n + 1) % 6]! }),
      upload(repository, CONTENTS[(n + 2) % 6]!),
      upload(repository, CONTENTS[(n + 3) % 6]!),
      ...(n % 2 === 0 ? [transfer(repository, OWNERS[(n + 1) % 3]!)] : [store.changes.remove(repository)]),
    ]);
    const results = await Promise.allSettled(work);
    const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(failed.filter((reason) => !(reason instanceof HubError))).toEqual([]); // such as deadlocks
    await Promise.all([usage.tidy(), usage.tidy(), sums.tidy(), sums.tidy()]);
    await expectExact('concurrent changes');
  });

  it('counts transfers in opposite directions at the same time, without deadlocks', async () => {
    const start = await counts(COUNTED);
    for (let round = 0; round < (FULL_RUN ? 50 : 10); round += 1) {
      const repositories = await Promise.all(OWNERS.flatMap((name) => [newRepo(name), newRepo(name), newRepo(name)]));
      const moved = await Promise.all(repositories.map((repository, n) => transfer(repository, OWNERS[n % 3]!)));
      expect(await counts(COUNTED)).toEqual(await counts(RECOUNT));
      await Promise.all(moved.map((repository) => store.changes.remove(repository)));
    }
    expect(await counts(COUNTED)).toEqual(start);
  });

  it('reserves space of parallel uploads only within the limit, each content once, and until it expires', async () => {
    const owner = (await store.accounts.createOrganization({ name: 'limited' })).id;
    const reserve = (key: string, seconds = 60, limit = 50): Promise<boolean> =>
      usage
        .reserve(owner, [{ key, bytes: 20 }], seconds, ({ used, reserved, added }) => {
          if (added > 0 && used + reserved + added > limit) throw new Error('exceeded');
        })
        .then(() => true)
        .catch(() => false);
    const accepted = await Promise.all(Array.from({ length: 10 }, (_, n) => reserve(`upload ${n}`)));
    expect(accepted.filter(Boolean)).toHaveLength(2);
    const [first, second] = accepted.flatMap((isAccepted, n) => (isAccepted ? [`upload ${n}`] : [])) as [
      string,
      string,
    ];
    expect([await reserve(first), await reserve('another'), await reserve(second)]).toEqual([true, false, true]);
    expect(await usage.use(owner)).toEqual({ used: 0, reserved: 40 });
    await usage.release(owner, [first]);
    expect([await reserve('another'), await reserve(first)]).toEqual([true, false]);
    expect(await reserve('only checked', 0, 60)).toBe(true);
    expect(await usage.use(owner)).toEqual({ used: 0, reserved: 40 });
    await usage.tidy();
    expect(
      await store.database.query('SELECT key FROM upload_reservations WHERE account_id = $1', [owner]),
    ).toHaveLength(2);
  });

  it('counts concurrent commits to branches of one repository, without deadlocks', async () => {
    const repository = await newRepo('bob');
    await store.commit(repository, { first: 'first' });
    const branches = ['a', 'b', 'c', 'd'];
    for (const branch of branches) await store.refs.createBranch(repository, { name: branch, revision: 'main' });
    for (let round = 0; round < 5; round += 1) {
      const files = Object.fromEntries(CONTENTS.map((content, n) => [`${n}`, `${content}${round}`]));
      const reversed = Object.fromEntries(Object.entries(files).reverse());
      await Promise.all(branches.map((branch, n) => store.commit(repository, n % 2 ? files : reversed, { branch })));
      await expectExact(round);
    }
    await store.changes.remove(repository);
    await expectExact('removed');
  });

  it('accepts that a repository without files is transferred and deleted', async () => {
    const repository = await newRepo('alice');
    await store.database.query('DELETE FROM blobs WHERE repository_id = $1', [repository.id]);
    await store.changes.remove(await transfer(repository, 'bob'));
    expect(await counts(COUNTED)).toEqual(await counts(RECOUNT));
  });

  it('counts existing files when the database is migrated', async () => {
    const [migration, keptSums] = [new Quotas1768014000000(), new KeptSums1768020000000()];
    await store.database.query(
      'DELETE FROM contents WHERE NOT EXISTS (SELECT FROM namespace_contents n WHERE n.sha256 = contents.sha256)',
    );
    const [before, kept] = [await counts(COUNTED), await counts(KEPT)];
    const runner = store.database.createQueryRunner();
    try {
      await keptSums.down(runner);
      await migration.down(runner);
      await migration.up(runner);
      await keptSums.up(runner);
    } finally {
      await runner.release();
    }
    expect(await counts(COUNTED)).toEqual(before);
    expect(await counts(KEPT)).toEqual(kept);
  });

  it('counts a text file that becomes a large file, since both have the same git id', async () => {
    const start = await usedBy('acme');
    const repository = await newRepo('acme');
    const attributes = (await usedBy('acme')) - start;
    const large = 'large '.repeat(500);
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(large)}\nsize ${large.length}\n`;
    await store.commit(repository, { 'x.bin': pointer });
    expect((await usedBy('acme')) - start - attributes).toBe(pointer.length);
    await upload(repository, large);
    await commitLarge(repository, large, 'x.bin');
    expect((await usedBy('acme')) - start - attributes).toBe(large.length);
    expect(await counts(COUNTED)).toEqual(await counts(RECOUNT));
  });
});
