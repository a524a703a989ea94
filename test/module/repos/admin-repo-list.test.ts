import { afterAll, beforeAll, expect, it, test } from '@jest/globals';
import { StorageUsageStore } from '../../../src/repos/gc/storage-usage.store.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { AdminRepoListStore, type AdminRepoQuery } from '../../../src/repos/store/admin-repo-list.store.js';
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
    const { entries } = await repoList.page({ sort: 'name', limit: 10, offset: 0, ...query });
    return entries.map(({ name }) => name);
  };

  test.each<[string, Partial<AdminRepoQuery>, string[]]>([
    ['all repositories by name', {}, ['100_data', 'big', 'middle', 'Small']],
    ['a type', { type: 'dataset' }, ['100_data']],
    ['part of an id, ignoring case', { search: 'LICE/b' }, ['big']],
    ['a LIKE wildcard as literal text', { search: '0_d' }, ['100_data']],
    ['a LIKE wildcard without a literal match', { search: 'b_g' }, []],
    ['an owner', { owner: 'ALICE', type: 'model' }, ['big', 'middle', 'Small']],
    ['nothing for an owner without repositories', { owner: 'bob' }, []],
    ['the largest first', { sort: 'size', type: 'model' }, ['big', 'middle', 'Small']],
    ['the last changed first', { sort: 'updated', type: 'model' }, ['middle', 'big', 'Small']],
    ['the second page', { limit: 2, offset: 2 }, ['middle', 'Small']],
  ])('lists %s', async (_, query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('returns the total and the details of each repository', async () => {
    const { entries, total } = await repoList.page({ sort: 'size', limit: 1, offset: 0, type: 'model' });
    expect(total).toBe(3);
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
    expect((await repoList.page({ sort: 'name', limit: 1, offset: 0, disabled: true })).total).toBe(1);
  });

  it('counts shared content once in bytes and per repository in referenced_bytes', async () => {
    const {
      bytes,
      referenced_bytes: referenced,
      contents,
      unneeded,
    } = await new StorageUsageStore(store.database).read();
    expect(referenced - bytes).toBeGreaterThanOrEqual(3000);
    expect(contents).toBeGreaterThanOrEqual(3);
    expect(unneeded).toBe(0);
    await store.database.query('DELETE FROM repositories WHERE id = $1', [repositories['middle']!.id]);
    expect(await new StorageUsageStore(store.database).read()).toMatchObject({ bytes: bytes - 200, unneeded: 1 });
  });
});
