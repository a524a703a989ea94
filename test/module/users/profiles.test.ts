import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RepoCountsStore } from '../../../src/repos/store/repo-counts.store.js';
import { AccountStore } from '../../../src/users/account.store.js';
import { MembershipStore } from '../../../src/users/membership.store.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

describeOnEveryDatabase.inFullRuns('profiles', (newDatabase) => {
  let store: LocalStore;
  let aliceId: number;
  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
    aliceId = (await store.accounts.getByName('alice')).id;
  });
  afterAll(() => store.close());

  it('count the repositories of an account, with or without private ones', async () => {
    const counts = new RepoCountsStore(store.database);
    expect(await counts.countOf(aliceId, true)).toEqual({ model: 0, dataset: 0, space: 0 });
    await store.repository({ type: 'model' });
    await store.repository({ type: 'model', private: true });
    await store.repository({ type: 'dataset', private: true });
    expect(await counts.countOf(aliceId, false)).toEqual({ model: 1, dataset: 0, space: 0 });
    expect(await counts.countOf(aliceId, true)).toEqual({ model: 2, dataset: 1, space: 0 });
    expect(await counts.countOf(aliceId + 1000, true)).toEqual({ model: 0, dataset: 0, space: 0 });
  });

  it('list members in pages, ordered by account', async () => {
    const { id: organizationId } = await store.accounts.createOrganization({ name: 'many' });
    for (const name of ['zed', 'yan', 'xia']) {
      await store.accounts.createUser({ name });
      await store.accounts.addMember('many', name, 'read');
    }
    const memberships = new MembershipStore(store.database);
    const page = (after?: number) => memberships.members(organizationId, { limit: 2, after });
    const first = await page();
    const second = await page(first.at(-1)!.account.id);
    const pages = [first, second, await page(second.at(-1)!.account.id)];
    const names = pages.map((members) => members.map(({ account }) => account.name));
    expect(names).toEqual([['zed', 'yan'], ['xia'], []]);
    expect(await memberships.countMembers(organizationId)).toBe(3);
  });

  it('change only the given fields', async () => {
    const accounts = new AccountStore(store.database);
    await accounts.change(aliceId, { bio: 'Hello', socialMedia: { github: 'alice', threads: 'al' }, email: 'a@b.c' });
    const changed = await accounts.change(aliceId, { socialMedia: { github: 'al' }, email: null, fullName: undefined });
    expect(changed).toMatchObject({ fullName: 'alice', bio: 'Hello', email: null, disabledAt: null });
    expect(changed?.socialMedia).toEqual({ github: 'al' });
    expect(await accounts.change(aliceId, {})).toEqual(changed);
    expect(await accounts.change(aliceId, { bio: '' })).toMatchObject({ bio: '' });
    expect(await accounts.change(aliceId + 1000, { bio: 'x' })).toBeNull();
  });
});
