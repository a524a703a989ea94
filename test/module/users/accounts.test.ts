import { beforeAll, describe, expect, it } from '@jest/globals';
import { AccessTokenEntity } from '../../../src/users/access-token.entity.js';
import { LocalClusterBus } from '../../../src/platform/cluster/local-cluster-bus.js';
import { AccessTokenStore } from '../../../src/users/access-token.store.js';
import { AccountStore } from '../../../src/users/account.store.js';
import { AccountsService } from '../../../src/users/accounts.service.js';
import { CallersService } from '../../../src/users/callers.service.js';
import { MembershipStore } from '../../../src/users/membership.store.js';
import { SessionStore } from '../../../src/users/session.store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { openDatabase } from '../../support/test-database.js';

describeOnEveryDatabase.inFullRuns('accounts', (newDatabase) => {
  let now = new Date('2026-01-01T00:00:00Z');
  let accounts: AccountsService;
  let callers: CallersService;
  let lastUse: () => Promise<string | undefined>;
  let withdraw: (name: string) => Promise<unknown>;

  beforeAll(async () => {
    const database = await openDatabase(newDatabase);
    const tokens = new AccessTokenStore(database);
    accounts = new AccountsService(new AccountStore(database), new MembershipStore(database), tokens);
    callers = new CallersService(tokens, new SessionStore(database), new LocalClusterBus(), () => now);
    await accounts.createUser({ name: 'Alice', fullName: 'Alice A.' });
    await accounts.createUser({ name: 'bob' });
    await accounts.createOrganization({ name: 'Acme' });
    withdraw = (name) => database.manager.delete(AccessTokenEntity, { name });
    lastUse = async () =>
      (await database.manager.findOneByOrFail(AccessTokenEntity, { name: 'clock' })).lastUsedAt?.toISOString();
  });

  it('are found whatever the case, spelled as they were made', async () => {
    expect(await accounts.find('aLICE')).toMatchObject({ kind: 'user', name: 'Alice', fullName: 'Alice A.' });
    expect(await accounts.find('nobody')).toBeUndefined();
  });

  it.each(['alice', 'ACME'])('share one name space: %s is taken for both kinds', async (name) => {
    await expect(accounts.createUser({ name })).rejects.toMatchObject({ code: 'Conflict' });
    await expect(accounts.createOrganization({ name })).rejects.toMatchObject({ code: 'Conflict' });
  });

  it('do not take names that clients refuse', async () => {
    await expect(accounts.createUser({ name: 'a--b' })).rejects.toMatchObject({ code: 'BadRequest' });
  });

  it('are told by their tokens, which the database does not know', async () => {
    const token = await accounts.createToken('alice', { name: 'laptop', role: 'read' });
    expect(token).toMatch(/^hf_[A-Za-z0-9]{31,}$/);
    expect(await callers.findCaller(token)).toEqual({
      ...{ accountId: expect.any(String), name: 'Alice', role: 'read' },
      tokenId: expect.any(Number),
    });
    expect(await callers.findCaller(`${token}x`)).toBeUndefined();
    await expect(accounts.createToken('nobody', { name: 'x', role: 'read' })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });

  it('note the use of a token at most once a minute', async () => {
    const token = await accounts.createToken('bob', { name: 'clock', role: 'write' });
    const seen: (string | undefined)[] = [await lastUse()];
    for (const seconds of [0, 59, 65]) {
      now = new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
      await callers.findCaller(token);
      seen.push(await lastUse());
    }
    expect(seen).toEqual([
      undefined,
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:01:05.000Z',
    ]);
  });

  it('forget a token that is gone within five seconds', async () => {
    const token = await accounts.createToken('bob', { name: 'short', role: 'read' });
    const known: boolean[] = [(await callers.findCaller(token)) !== undefined];
    await withdraw('short');
    for (const seconds of [4, 2]) {
      now = new Date(now.getTime() + seconds * 1000);
      known.push((await callers.findCaller(token)) !== undefined);
    }
    expect(known).toEqual([true, true, false]);
  });

  describe('and what they may read', () => {
    it.each([
      ['Alice', 'alice', true],
      ['Alice', 'bob', false],
      ['Alice', 'acme', true],
      ['bob', 'acme', false],
      ['bob', 'nobody', false],
      [undefined, 'alice', false],
    ])('%s reads %s: %s', async (name, namespace, allowed) => {
      await accounts.addMember('acme', 'alice', 'admin');
      await accounts.addMember('acme', 'alice', 'read');
      const caller = name === undefined ? {} : { name, accountId: String((await accounts.find(name))!.id) };
      const owner = await accounts.find(namespace);
      expect(await accounts.mayRead(caller, owner?.id ?? 0)).toBe(allowed);
    });

    it('takes users for members of organizations, not the other way round', async () => {
      await expect(accounts.addMember('alice', 'bob', 'read')).rejects.toMatchObject({ code: 'NotFound' });
      await expect(accounts.addMember('acme', 'acme', 'read')).rejects.toMatchObject({ code: 'NotFound' });
    });
  });
});
