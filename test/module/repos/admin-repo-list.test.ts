import { afterAll, beforeAll, expect, it, test } from '@jest/globals';
import { StorageUsageStore } from '../../../src/repos/gc/storage-usage.store.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { AdminRepoListStore, type AdminRepoQuery } from '../../../src/repos/store/admin-repo-list.store.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

describeOnEveryDatabase.inFullRuns('the administrator’s catalogue', (newDatabase) => {
  let store: LocalStore;
  let catalogue: AdminRepoListStore;
  const made: Record<string, LocalRepo> = {};
  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
    catalogue = new AdminRepoListStore(store.database);
    for (const [name, bytes] of [
      ['Small', 10],
      ['big', 3000],
      ['middle', 200],
    ] as const) {
      made[name] = await store.repository({ name, private: name === 'middle' });
      await store.commit(made[name], { 'a.txt': 'x'.repeat(bytes) });
    }
    const changed = `UPDATE repositories SET updated_at = now() - age * interval '1 hour' FROM
      (VALUES ('Small', 3), ('big', 2), ('middle', 1)) AS given(name, age) WHERE given.name = repositories.name`;
    await store.database.query(changed);
    made['data'] = await store.repository({ type: 'dataset', name: '100_data' });
    await store.commit(made['data'], { 'again.txt': 'x'.repeat(3000) });
  });
  afterAll(() => store.close());

  const names = async (wish: Partial<AdminRepoQuery>): Promise<string[]> => {
    const { entries } = await catalogue.page({ sort: 'name', limit: 10, offset: 0, ...wish });
    return entries.map(({ name }) => name);
  };

  test.each<[string, Partial<AdminRepoQuery>, string[]]>([
    ['everything by name', {}, ['100_data', 'big', 'middle', 'Small']],
    ['a type', { type: 'dataset' }, ['100_data']],
    ['part of an id, whatever its case', { search: 'LICE/b' }, ['big']],
    ['what looks like a pattern, literally', { search: '0_d' }, ['100_data']],
    ['a pattern that fits nothing literally', { search: 'b_g' }, []],
    ['an owner', { owner: 'ALICE', type: 'model' }, ['big', 'middle', 'Small']],
    ['nobody’s', { owner: 'bob' }, []],
    ['the largest first', { sort: 'size', type: 'model' }, ['big', 'middle', 'Small']],
    ['the last changed first', { sort: 'updated', type: 'model' }, ['middle', 'big', 'Small']],
    ['the second page', { limit: 2, offset: 2 }, ['middle', 'Small']],
  ])('lists %s', async (_, wish, expected) => {
    expect(await names(wish)).toEqual(expected);
  });

  it('tells how many there are in all, and what each is', async () => {
    const { entries, total } = await catalogue.page({ sort: 'size', limit: 1, offset: 0, type: 'model' });
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

  it('finds the disabled ones apart', async () => {
    await store.database.query('UPDATE repositories SET disabled_at = now() WHERE id = $1', [made['big']!.id]);
    expect(await names({ disabled: true })).toEqual(['big']);
    expect(await names({ disabled: false })).toEqual(['100_data', 'middle', 'Small']);
    expect((await catalogue.page({ sort: 'name', limit: 1, offset: 0, disabled: true })).total).toBe(1);
  });

  it('counts content once for the store, and for everyone who has it', async () => {
    const {
      bytes,
      referenced_bytes: referenced,
      contents,
      unneeded,
    } = await new StorageUsageStore(store.database).read();
    expect(referenced - bytes).toBeGreaterThanOrEqual(3000);
    expect(contents).toBeGreaterThanOrEqual(3);
    expect(unneeded).toBe(0);
    await store.database.query('DELETE FROM repositories WHERE id = $1', [made['middle']!.id]);
    expect(await new StorageUsageStore(store.database).read()).toMatchObject({ bytes: bytes - 200, unneeded: 1 });
  });
});
