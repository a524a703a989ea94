import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CommitEntity } from '../../../src/repos/store/commit.entity.js';
import { CommitStore } from '../../../src/repos/store/commit.store.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

describeOnEveryDatabase.inFullRuns('branch histories', (newDatabase) => {
  let store: LocalStore;
  let repository: LocalRepo;
  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
    repository = await store.repository({ name: 'forked' });
    await store.commit(repository, { a: '1' }, { summary: 'main 1' });
    await store.repositories.createBranch(repository, { name: 'dev' });
    await store.repositories.createBranch(repository, { name: 'late' });
    await store.commit(repository, { a: '2' }, { summary: 'main 2' });
    await store.commit(repository, { b: 'dev' }, { summary: 'dev 1', branch: 'dev' });
    await store.repositories.createBranch(repository, { name: 'deep', revision: 'dev' });
    await store.commit(repository, { b: 'dev again' }, { summary: 'dev 2', branch: 'dev' });
    await store.commit(repository, { a: 'deep' }, { summary: 'deep 1', branch: 'deep' });
    await store.commit(repository, { c: 'late' }, { summary: 'late 1', branch: 'late' });
  });
  afterAll(() => store.close());

  const EXPECTED = {
    main: { history: ['main 2', 'main 1', 'initial commit'], a: 'main 2', b: undefined, c: undefined },
    dev: { history: ['dev 2', 'dev 1', 'main 1', 'initial commit'], a: 'main 1', b: 'dev 2', c: undefined },
    deep: { history: ['deep 1', 'dev 1', 'main 1', 'initial commit'], a: 'deep 1', b: 'dev 1', c: undefined },
    late: { history: ['late 1', 'main 1', 'initial commit'], a: 'main 1', b: undefined, c: 'late 1' },
  };

  async function historyOf(branch: string, commits: CommitStore): Promise<object> {
    const { sha } = await store.repositories.revision(repository, [branch], []);
    const head = (await commits.find(repository.id, sha!))!;
    const pages = [await commits.history(head, 0, 2), await commits.history(head, 2, 2)].flat();
    const last = await commits.lastChanges(head, ['a', 'b', 'c']);
    const titles = Object.fromEntries(['a', 'b', 'c'].map((path) => [path, last.get(path)?.title]));
    return { history: pages.map(({ title }) => title), ...titles };
  }

  it.each(Object.entries(EXPECTED))(
    '%s includes its own commits and those before the branch point',
    async (branch, expected) => {
      expect(await historyOf(branch, new CommitStore(store.database))).toEqual(expected);
    },
  );

  it('are computed by the migration for existing commits', async () => {
    const before = await store.database.manager.find(CommitEntity, { order: { oid: 'ASC' } });
    await store.database.query(`UPDATE commits SET line = oid`); // an arbitrary value that the migration must replace
    const names: { name: string }[] = await store.database.query('SELECT name FROM migrations ORDER BY id');
    for (const _ of names.slice(1)) await store.database.undoLastMigration();
    await store.database.runMigrations();
    const after = await store.database.manager.find(CommitEntity, { order: { oid: 'ASC' } });
    expect(after.map(({ oid }) => oid)).toEqual(before.map(({ oid }) => oid));
    for (const [branch, expected] of Object.entries(EXPECTED)) {
      expect(await historyOf(branch, new CommitStore(store.database))).toEqual(expected);
    }
  });
});
