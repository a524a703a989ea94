import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { LocalClusterBus } from '../../../src/platform/cluster/local-cluster-bus.js';
import { newMemoryLimiter } from '../../../src/platform/cluster/new-limiter.js';
import { CredentialCheck } from '../../../src/platform/http/credential-check.service.js';
import { AccessTokenStore } from '../../../src/users/access-token.store.js';
import { AccountStore } from '../../../src/users/account.store.js';
import { AccountsService } from '../../../src/users/accounts.service.js';
import { TokenScopeStore } from '../../../src/users/token-scope.store.js';
import { TokenUses } from '../../../src/users/token-uses.service.js';
import { CredentialStores, CallersService, credentialHash } from '../../../src/users/callers.service.js';
import { InvitationLinks } from '../../../src/users/invitations/invitation-links.service.js';
import { InvitationStore } from '../../../src/users/invitations/invitation.store.js';
import { MembershipStore } from '../../../src/users/membership.store.js';
import { PasswordChangeService } from '../../../src/users/password-change.service.js';
import { PasswordStore } from '../../../src/users/password.store.js';
import { PasswordsService } from '../../../src/users/passwords.service.js';
import { RegistrationService } from '../../../src/users/registration.service.js';
import { SessionEntity } from '../../../src/users/session.entity.js';
import { NamespaceGuard } from '../../../src/fallback/guard/namespace-guard.service.js';
import { auditLogOf } from '../../support/audit-log.js';
import { buildHubConfig } from '../../support/build-hub-config.js';
import { SessionStore } from '../../../src/users/session.store.js';
import { SignInService } from '../../../src/users/sign-in.service.js';
import { AuthLimitsService } from '../../../src/users/auth-limits.service.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { reservedAccounts } from '../../support/reserved-accounts.js';
import { openDatabase } from '../../support/test-database.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const PASSWORD = 'correct horse battery';
const CREATOR = { address: '192.0.2.1', isAdministrator: false };

/** The services for sessions as in the application, with a clock that tests set. */
function wire(database: DataSource) {
  const state = { now: new Date('2026-01-01T00:00:00Z') };
  const clock = (): Date => state.now;
  const [accounts, sessions, passwordStore] = [
    new AccountStore(database),
    new SessionStore(database),
    new PasswordStore(database),
  ];
  const scopes = new TokenScopeStore(database);
  const tokens = new AccessTokenStore(database, scopes);
  const stores = new CredentialStores(tokens, scopes, sessions);
  const callers = new CallersService(stores, new TokenUses(tokens), new LocalClusterBus(), clock);
  const [passwords, limits] = [new PasswordsService(), new AuthLimitsService(newMemoryLimiter)];
  const audit = auditLogOf(database);
  const memberships = new MembershipStore(database);
  const accountsService = new AccountsService(accounts, memberships, tokens, reservedAccounts(accounts), audit);
  const config = buildHubConfig({ namespaceGuard: 'off' });
  const guard = new NamespaceGuard(config, clock, { isReserved: () => false }, undefined as never);
  const admin = { includesToken: () => false } as never;
  return Object.assign(state, {
    database,
    accounts,
    sessions,
    passwordStore,
    callers,
    accountsService,
    registrations: new RegistrationService(
      accountsService,
      passwords,
      limits,
      guard,
      new CredentialCheck(admin, callers),
      new InvitationLinks(new InvitationStore(database), limits, clock),
      {
        registration: 'open',
      },
    ),
    signIns: new SignInService(
      { accounts, passwords: passwordStore, sessions, audit },
      passwords,
      limits,
      callers,
      clock,
    ),
    changes: new PasswordChangeService(passwordStore, passwords, limits, callers, audit),
  });
}

describeOnEveryDatabase.inFullRuns('sessions', (newDatabase) => {
  let hub: ReturnType<typeof wire>;
  let userCount = 0;
  let name: string;
  let accountId: number;

  const signIn = async (password = PASSWORD): Promise<string> =>
    (await hub.signIns.signIn({ name, password, address: '192.0.2.1' })).session;
  const ownerOf = async (session: string): Promise<string | undefined> =>
    (await hub.callers.findSession(session))?.name;
  const sessionCount = (): Promise<number> => hub.database.manager.countBy(SessionEntity, { accountId });

  beforeAll(async () => {
    hub = wire(await openDatabase(newDatabase));
  });
  beforeEach(async () => {
    name = `user-${(userCount += 1)}`;
    accountId = (await hub.registrations.register({ name, password: PASSWORD }, CREATOR)).id;
  });

  it('belong to their account, and the database contains neither cookie nor password', async () => {
    const session = await signIn();
    expect(await hub.callers.findSession(session)).toEqual({
      accountId: String(accountId),
      name,
      role: 'write',
      sessionId: expect.any(Number),
    });
    const [account] = await hub.database.manager.query<unknown[]>('SELECT * FROM accounts WHERE id = $1', [accountId]);
    const everything = JSON.stringify([account, await hub.database.manager.query('SELECT * FROM sessions')]);
    expect(everything).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(everything).not.toContain(session);
    expect(everything).not.toContain(PASSWORD);
    expect(JSON.stringify(await hub.accounts.find(name))).not.toContain('argon2');
  });

  it('are not accepted as access tokens', async () => {
    const session = await signIn();
    expect(await ownerOf(session)).toBe(name);
    expect(await hub.callers.findCaller(session, '192.0.2.1')).toBeUndefined();
  });

  it('expire after 30 days and are deleted at the next sign-in', async () => {
    const session = await signIn();
    const startedAt = hub.now.getTime();
    hub.now = new Date(startedAt + 30 * DAY_MS - 2000);
    expect(await ownerOf(session)).toBe(name); // cached from here on, but not beyond its expiry
    hub.now = new Date(startedAt + 30 * DAY_MS);
    expect(await ownerOf(session)).toBeUndefined();
    expect(await sessionCount()).toBe(1);
    await signIn();
    expect(await sessionCount()).toBe(1);
  });

  it('end immediately when they are signed out, without effect on others', async () => {
    const [ended, other] = [await signIn(), await signIn()];
    const caller = await hub.callers.findSession(ended);
    await ownerOf(other);
    await hub.signIns.signOut({ accountId, sessionId: caller!.sessionId! });
    expect([await ownerOf(ended), await ownerOf(other)]).toEqual([undefined, name]);
  });

  it('end immediately when an administrator sets another password', async () => {
    const session = await signIn();
    await ownerOf(session);
    await hub.changes.reset((await hub.accounts.byId(accountId))!, 'quite another one', {});
    expect(await ownerOf(session)).toBeUndefined();
    await expect(signIn()).rejects.toMatchObject({ code: 'Unauthorized' });
    expect(await ownerOf(await signIn('quite another one'))).toBe(name);
  });

  it('are not created with a password that was changed since it was checked', async () => {
    const passwordHash = (await hub.passwordStore.findHash(accountId))!;
    await hub.changes.reset((await hub.accounts.byId(accountId))!, 'quite another one', {});
    const session = { hash: credentialHash(name), expiresAt: new Date(hub.now.getTime() + DAY_MS) };
    expect(await hub.sessions.create({ id: accountId, passwordHash }, session)).toBe(false);
    expect(await sessionCount()).toBe(0);
  });

  it('are refused for disabled accounts, which only the right password reveals', async () => {
    const session = await signIn();
    await hub.accounts.change(accountId, { disabled: true });
    await hub.callers.invalidate(accountId);
    expect(await ownerOf(session)).toBeUndefined();
    await expect(signIn('not the password')).rejects.toMatchObject({ code: 'Unauthorized' });
    await expect(signIn()).rejects.toMatchObject({ code: 'Forbidden' });
  });

  it('end together with the tokens when the account is disabled', async () => {
    const token = await hub.accountsService.createToken(name, { name: 'laptop', role: 'write' });
    expect(await hub.callers.findCaller(token, '192.0.2.1')).toMatchObject({ name });
    await hub.accounts.change(accountId, { disabled: true });
    await hub.callers.invalidate(accountId);
    expect(await hub.callers.findCaller(token, '192.0.2.1')).toBeUndefined();
  });

  it('are not cached if they end while they are looked up', async () => {
    const session = await signIn();
    const lookup = hub.callers.findSession(session);
    await hub.callers.invalidate(accountId); // as if ended by another replica in between
    await lookup;
    await hub.sessions.deleteByAccount(accountId);
    expect(await ownerOf(session)).toBeUndefined();
  });
});

describeOnEveryDatabase('concurrent changes of accounts', (newDatabase) => {
  it('create a name only once', async () => {
    const { accountsService } = wire(await openDatabase(newDatabase));
    const names = ['wanted', 'Wanted', 'WANTED', 'wAnted'];
    const outcomes = await Promise.allSettled(
      names.map((name, n) =>
        n % 2 ? accountsService.createOrganization({ name }) : accountsService.createUser({ name }),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
  });

  it('leave an organization one admin if two admins remove each other', async () => {
    const database = await openDatabase(newDatabase);
    const { accountsService } = wire(database);
    const memberships = new MembershipStore(database);
    const users = [
      await accountsService.createUser({ name: 'ann' }),
      await accountsService.createUser({ name: 'ben' }),
    ];
    // opens several connections, so that the changes can overlap on a server; several rounds, as they may not
    await Promise.all(Array.from({ length: 4 }, () => database.query('SELECT pg_sleep(0)')));
    for (let round = 0; round < 10; round += 1) {
      const { id: organizationId } = await accountsService.createOrganization({ name: `acme-${round}` });
      for (const { id: userId } of users) await memberships.setRole({ organizationId, userId, role: 'admin' });
      const outcomes = await Promise.allSettled(
        users.map(({ id: userId }, n) => memberships.change({ organizationId, userId }, n ? null : 'read')),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const roles = (await memberships.members(organizationId, { limit: 10 })).map(({ role }) => role);
      expect(roles.filter((role) => role === 'admin').length).toBe(1);
    }
  });

  it('leave an organization one admin if an account is deleted while the other admin is demoted', async () => {
    const database = await openDatabase(newDatabase);
    const { accountsService, accounts } = wire(database);
    const memberships = new MembershipStore(database);
    await Promise.all(Array.from({ length: 4 }, () => database.query('SELECT pg_sleep(0)')));
    for (let round = 0; round < 10; round += 1) {
      const { id: organizationId } = await accountsService.createOrganization({ name: `org-${round}` });
      const [ann, ben] = [
        await accountsService.createUser({ name: `a-${round}` }),
        await accountsService.createUser({ name: `b-${round}` }),
      ];
      for (const { id: userId } of [ann, ben]) await memberships.setRole({ organizationId, userId, role: 'admin' });
      await Promise.allSettled([accounts.delete(ann), memberships.change({ organizationId, userId: ben.id }, 'read')]);
      const roles = (await memberships.members(organizationId, { limit: 10 })).map(({ role }) => role);
      expect(roles.filter((role) => role === 'admin').length).toBe(1);
    }
  });
});
