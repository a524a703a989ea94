import { afterAll, beforeAll, expect, it, test } from '@jest/globals';
import { SumStore } from '../../../src/repos/quota/sum.store.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import {
  AdminRepoListStore,
  type AdminRepoPage,
  type AdminRepoQuery,
} from '../../../src/repos/store/admin-repo-list.store.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

describeOnEveryDatabase.inFullRuns('the administrator’s repository list', (newDatabase) => {
  let store: LocalStore;
  let repoList: AdminRepoListStore;
  const repositories: Record<string, LocalRepo> = {};
  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
    repoList = new AdminRepoListStore(store.database);
    for (const [name, bytes] of [
      ['Small', 10],
      ['big', 3000],
      ['middle', 200],
    ] as const) {
      repositories[name] = await store.repository({ name, private: name === 'middle' });
      await store.commit(repositories[name], { 'a.txt': 'x'.repeat(bytes) });
    }
    const changed = `UPDATE repositories SET updated_at = now() - age * interval '1 hour' FROM
      (VALUES ('Small', 3), ('big', 2), ('middle', 1)) AS given(name, age) WHERE given.name = repositories.name`;
    await store.database.query(changed);
    repositories['data'] = await store.repository({ type: 'dataset', name: '100_data' });
    await store.commit(repositories['data'], { 'again.txt': 'x'.repeat(3000) });
  });
  afterAll(() => store.close());

  const names = async (query: Partial<AdminRepoQuery>): Promise<string[]> => {
    const { entries } = await repoList.page({ sort: 'name', limit: 10, ...query });
    return entries.map(({ name }) => name);
  };

  test.each<[string, Partial<AdminRepoQuery>, string[]]>([
    ['all repositories by name', {}, ['100_data', 'big', 'middle', 'Small']],
    ['a type', { type: 'dataset' }, ['100_data']],
    ['part of an id, ignoring case', { search: 'LICE/b' }, ['big']],
    ['a LIKE wildcard as literal text', { search: '0_d' }, ['100_data']],
    ['a LIKE wildcard without a literal match', { search: 'b_g' }, []],
    ['an id without its beginning and end', { search: 'ice/mid' }, ['middle']],
    ['an id with a separator at the end', { search: 'alice/' }, ['100_data', 'big', 'middle', 'Small']],
    ['nothing for the beginning of an owner’s name before the slash', { search: 'alic/b' }, []],
    ['an owner', { owner: 'ALICE', type: 'model' }, ['big', 'middle', 'Small']],
    ['nothing for an owner without repositories', { owner: 'bob' }, []],
    ['the largest first', { sort: 'size', type: 'model' }, ['big', 'middle', 'Small']],
    ['the last changed first', { sort: 'updated', type: 'model' }, ['middle', 'big', 'Small']],
  ])('lists %s', async (_, query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  /** All pages of a list. */
  async function pages(query: Pick<AdminRepoQuery, 'sort' | 'type' | 'limit'>): Promise<string[][]> {
    const found: string[][] = [];
    for (let cursor: string | undefined = undefined, isFirst = true; isFirst || cursor; isFirst = false) {
      const page: AdminRepoPage = await repoList.page({ ...query, cursor });
      found.push(page.entries.map(({ type, name }) => `${type} ${name}`));
      cursor = page.next;
    }
    return found;
  }

  test.each((['name', 'updated', 'size'] as const).flatMap((sort) => [1, 2, 3].map((limit) => [sort, limit] as const)))(
    'lists each repository once by %s in pages of %d, also if values are equal',
    async (sort, limit) => {
      const added = [];
      for (const type of ['model', 'space', 'dataset'] as const)
        for (const name of ['same', 'SAME-2']) added.push(await store.repository({ type, name }));
      await store.database.query(
        `UPDATE repositories SET updated_at = '2024-01-01T00:00:00.123456Z' WHERE name ILIKE 'same%'`,
      );
      const all = (await pages({ sort, limit: 100 }))[0]!;
      expect(all.length).toBeGreaterThanOrEqual(added.length + 3);
      const found = await pages({ sort, limit });
      expect(found.flat()).toEqual(all);
      expect(found.slice(0, -1).every((page) => page.length === limit)).toBe(true);
      expect((await pages({ sort, limit, type: 'space' })).flat()).toEqual(
        all.filter((name) => name.startsWith('space ')),
      );
      for (const repository of added) await store.changes.remove(repository);
    },
  );

  it.each(['', 'x', 'eyJhIjoxfQ', Buffer.from('["size","1","1"]').toString('base64url')])(
    'refuses the cursor %j, which belongs to another list or to none',
    async (cursor) => {
      await expect(repoList.page({ sort: 'updated', limit: 1, cursor })).rejects.toMatchObject({ code: 'BadRequest' });
    },
  );

  it('returns the details of each repository', async () => {
    const { entries } = await repoList.page({ sort: 'size', limit: 1, type: 'model' });
    expect(entries[0]).toMatchObject({
      type: 'model',
      namespace: 'alice',
      name: 'big',
      owner: 'alice',
      private: false,
    });
    expect(entries[0]!.size).toBeGreaterThanOrEqual(3000);
  });

  it('filters by disabled', async () => {
    await store.database.query('UPDATE repositories SET disabled_at = now() WHERE id = $1', [repositories['big']!.id]);
    expect(await names({ disabled: true })).toEqual(['big']);
    expect(await names({ disabled: false })).toEqual(['100_data', 'middle', 'Small']);
  });

  it('counts shared content once in the store and per repository, until the store deletes it', async () => {
    const sums = new SumStore(store.database);
    const before = await sums.totals();
    expect(before.repositoryBytes - before.contentBytes).toBeGreaterThanOrEqual(3000);
    expect(before.repositories).toMatchObject({ model: 3, dataset: 1 });
    expect(before.accounts).toEqual({ user: 1, organization: 0 });
    const { size } = (await repoList.page({ sort: 'name', limit: 1, search: 'middle' })).entries[0]!;
    await store.changes.remove(repositories['middle']!);
    const after = { ...before, repositoryBytes: before.repositoryBytes - size };
    expect(await sums.totals()).toEqual({ ...after, repositories: { ...before.repositories, model: 2 } });
    await store.database.query('DELETE FROM contents WHERE size = 200');
    expect(await sums.totals()).toMatchObject({
      contents: before.contents - 1,
      contentBytes: before.contentBytes - 200,
    });
  });
});
