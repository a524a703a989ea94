import { beforeAll, describe, expect, it } from '@jest/globals';
import { AccessTokenEntity } from '../../../src/users/access-token.entity.js';
import { LocalClusterBus } from '../../../src/platform/cluster/local-cluster-bus.js';
import { AccessTokenStore } from '../../../src/users/access-token.store.js';
import { AccountStore } from '../../../src/users/account.store.js';
import { AccountsService } from '../../../src/users/accounts.service.js';
import { CallersService, CredentialStores } from '../../../src/users/callers.service.js';
import { TokenScopeStore } from '../../../src/users/token-scope.store.js';
import { TokenUses } from '../../../src/users/token-uses.service.js';
import { MembershipStore } from '../../../src/users/membership.store.js';
import { SessionStore } from '../../../src/users/session.store.js';
import { auditLogOf } from '../../support/audit-log.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { reservedAccounts } from '../../support/reserved-accounts.js';
import { openDatabase } from '../../support/test-database.js';

const ADDRESS = '192.0.2.1';

describeOnEveryDatabase.inFullRuns('accounts', (newDatabase) => {
  let now = new Date('2026-01-01T00:00:00Z');
  let accounts: AccountsService;
  let callers: CallersService;
  let uses: TokenUses;
  let lastUse: () => Promise<string | undefined>;
  let revoke: (name: string) => Promise<unknown>;

  beforeAll(async () => {
    const database = await openDatabase(newDatabase);
    const scopes = new TokenScopeStore(database);
    const tokens = new AccessTokenStore(database, scopes);
    uses = new TokenUses(tokens);
    const store = new AccountStore(database);
    const audit = auditLogOf(database);
    accounts = new AccountsService(store, new MembershipStore(database), tokens, reservedAccounts(store), audit);
    const stores = new CredentialStores(tokens, scopes, new SessionStore(database));
    callers = new CallersService(stores, uses, new LocalClusterBus(), () => now);
    await accounts.createUser({ name: 'Alice', fullName: 'Alice A.' });
    await accounts.createUser({ name: 'bob' });
    await accounts.createOrganization({ name: 'Acme' });
    revoke = (name) => database.manager.delete(AccessTokenEntity, { name });
    lastUse = async () =>
      (await database.manager.findOneByOrFail(AccessTokenEntity, { name: 'clock' })).lastUsedAt?.toISOString();
  });

  it('are found ignoring case and keep the case of their name', async () => {
    expect(await accounts.find('aLICE')).toMatchObject({ kind: 'user', name: 'Alice', fullName: 'Alice A.' });
    expect(await accounts.find('nobody')).toBeUndefined();
  });

  it.each(['alice', 'ACME'])('share one namespace: %s is taken for users and organizations', async (name) => {
    await expect(accounts.createUser({ name })).rejects.toMatchObject({ code: 'Conflict' });
    await expect(accounts.createOrganization({ name })).rejects.toMatchObject({ code: 'Conflict' });
  });

  it('cannot have names that clients refuse', async () => {
    await expect(accounts.createUser({ name: 'a--b' })).rejects.toMatchObject({ code: 'BadRequest' });
  });

  it('are identified by their tokens, which are stored as hashes only', async () => {
    const token = await accounts.createToken('alice', { name: 'laptop', role: 'read' });
    expect(token).toMatch(/^hf_[A-Za-z]{34}$/);
    expect(await callers.findCaller(token, ADDRESS)).toEqual({
      accountId: expect.any(String),
      name: 'Alice',
      role: 'read',
      tokenId: expect.any(Number),
    });
    expect(await callers.findCaller(`${token}x`, ADDRESS)).toBeUndefined();
    await expect(accounts.createToken('nobody', { name: 'x', role: 'read' })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });

  it('record the use of a token at most once a minute from an address, in batches', async () => {
    const token = await accounts.createToken('bob', { name: 'clock', role: 'write' });
    const lastUses: (string | undefined)[] = [await lastUse()];
    for (const seconds of [0, 59, 65]) {
      now = new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
      await callers.findCaller(token, ADDRESS);
      await uses.flush();
      lastUses.push(await lastUse());
    }
    expect(lastUses).toEqual([
      undefined,
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:01:05.000Z',
    ]);
  });

  it('lose access within 1 s after a token was revoked', async () => {
    const token = await accounts.createToken('bob', { name: 'short', role: 'read' });
    const found: boolean[] = [(await callers.findCaller(token, ADDRESS)) !== undefined];
    await revoke('short');
    for (const seconds of [0.9, 0.1]) {
      now = new Date(now.getTime() + seconds * 1000);
      found.push((await callers.findCaller(token, ADDRESS)) !== undefined);
    }
    expect(found).toEqual([true, true, false]);
  });

  describe('access', () => {
    it.each([
      ['Alice', 'alice', true],
      ['Alice', 'bob', false],
      ['Alice', 'acme', true],
      ['bob', 'acme', false],
      ['bob', 'nobody', false],
      [undefined, 'alice', false],
    ])('for %s to %s: %s', async (name, namespace, allowed) => {
      await accounts.addMember('acme', 'alice', 'admin');
      await accounts.addMember('acme', 'alice', 'read');
      const caller =
        name === undefined ? {} : { name, accountId: String((await accounts.find(name))!.id), role: 'read' as const };
      const owner = await accounts.find(namespace);
      expect(await accounts.mayRead(caller, { account: owner?.id ?? 0 })).toBe(allowed);
    });

    it('is granted by memberships of users in organizations only', async () => {
      await expect(accounts.addMember('alice', 'bob', 'read')).rejects.toMatchObject({ code: 'NotFound' });
      await expect(accounts.addMember('acme', 'acme', 'read')).rejects.toMatchObject({ code: 'NotFound' });
    });
  });
});
