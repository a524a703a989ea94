import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { LocalClusterBus } from '../../../src/platform/cluster/local-cluster-bus.js';
import { newMemoryLimiter } from '../../../src/platform/cluster/new-limiter.js';
import { AccessTokenStore } from '../../../src/users/access-token.store.js';
import { AccountStore } from '../../../src/users/account.store.js';
import { AccountsService } from '../../../src/users/accounts.service.js';
import { CallersService, credentialHash } from '../../../src/users/callers.service.js';
import { MembershipStore } from '../../../src/users/membership.store.js';
import { PasswordChangeService } from '../../../src/users/password-change.service.js';
import { PasswordStore } from '../../../src/users/password.store.js';
import { PasswordsService } from '../../../src/users/passwords.service.js';
import { RegistrationService } from '../../../src/users/registration.service.js';
import { SessionEntity } from '../../../src/users/session.entity.js';
import { SessionStore } from '../../../src/users/session.store.js';
import { SignInService } from '../../../src/users/sign-in.service.js';
import { AuthLimitsService } from '../../../src/users/auth-limits.service.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { openDatabase } from '../../support/test-database.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const PASSWORD = 'correct horse battery';

/** The services around sessions, wired as in the application, with a clock that is set by hand. */
function wire(database: DataSource) {
  const world = { now: new Date('2026-01-01T00:00:00Z') };
  const clock = (): Date => world.now;
  const [accounts, sessions, stored] = [
    new AccountStore(database),
    new SessionStore(database),
    new PasswordStore(database),
  ];
  const tokens = new AccessTokenStore(database);
  const callers = new CallersService(tokens, sessions, new LocalClusterBus(), clock);
  const [passwords, limits] = [new PasswordsService(), new AuthLimitsService(newMemoryLimiter)];
  const people = new AccountsService(accounts, new MembershipStore(database), tokens);
  return Object.assign(world, {
    ...{ database, accounts, sessions, stored, callers, people },
    registrations: new RegistrationService(people, passwords, limits, { registration: 'open' }),
    signIns: new SignInService({ accounts, passwords: stored, sessions }, passwords, limits, callers, clock),
    changes: new PasswordChangeService(stored, passwords, limits, callers),
  });
}

describeOnEveryDatabase.inFullRuns('sessions', (newDatabase) => {
  let hub: ReturnType<typeof wire>;
  let made = 0;
  let name: string;
  let accountId: number;

  const signIn = async (password = PASSWORD): Promise<string> =>
    (await hub.signIns.signIn({ name, password, address: '192.0.2.1' })).session;
  const ownerOf = async (session: string): Promise<string | undefined> =>
    (await hub.callers.findSession(session))?.name;
  const kept = (): Promise<number> => hub.database.manager.countBy(SessionEntity, { accountId });

  beforeAll(async () => {
    hub = wire(await openDatabase(newDatabase));
  });
  beforeEach(async () => {
    name = `user-${(made += 1)}`;
    accountId = (await hub.registrations.register({ name, password: PASSWORD }, '192.0.2.1')).id;
  });

  it('belong to their account, and the database knows neither cookie nor password', async () => {
    const session = await signIn();
    expect(await hub.callers.findSession(session)).toEqual({
      ...{ accountId: String(accountId), name, role: 'write' },
      sessionId: expect.any(Number),
    });
    const [account] = await hub.database.manager.query<unknown[]>('SELECT * FROM accounts WHERE id = $1', [accountId]);
    const everything = JSON.stringify([account, await hub.database.manager.query('SELECT * FROM sessions')]);
    expect(everything).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(everything).not.toContain(session);
    expect(everything).not.toContain(PASSWORD);
    expect(JSON.stringify(await hub.accounts.find(name))).not.toContain('argon2');
  });

  it('are not mistaken for access tokens', async () => {
    const session = await signIn();
    expect(await ownerOf(session)).toBe(name);
    expect(await hub.callers.findCaller(session)).toBeUndefined();
  });

  it('end after thirty days, and are swept away when somebody signs in', async () => {
    const session = await signIn();
    const begun = hub.now.getTime();
    hub.now = new Date(begun + 30 * DAY_MS - 2000);
    expect(await ownerOf(session)).toBe(name); // believed from here on, but not beyond its end
    hub.now = new Date(begun + 30 * DAY_MS);
    expect(await ownerOf(session)).toBeUndefined();
    expect(await kept()).toBe(1);
    await signIn();
    expect(await kept()).toBe(1);
  });

  it('end at once when they are signed out, and the others go on', async () => {
    const [left, stays] = [await signIn(), await signIn()];
    const caller = await hub.callers.findSession(left);
    await ownerOf(stays);
    await hub.signIns.signOut({ accountId, sessionId: caller!.sessionId! });
    expect([await ownerOf(left), await ownerOf(stays)]).toEqual([undefined, name]);
  });

  it('end at once when the administrator sets another password', async () => {
    const session = await signIn();
    await ownerOf(session);
    await hub.changes.reset(accountId, 'quite another one');
    expect(await ownerOf(session)).toBeUndefined();
    await expect(signIn()).rejects.toMatchObject({ code: 'Unauthorized' });
    expect(await ownerOf(await signIn('quite another one'))).toBe(name);
  });

  it('do not begin with a password that has been changed since it was checked', async () => {
    const passwordHash = (await hub.stored.findHash(accountId))!;
    await hub.changes.reset(accountId, 'quite another one');
    const session = { hash: credentialHash(name), expiresAt: new Date(hub.now.getTime() + DAY_MS) };
    expect(await hub.sessions.create({ id: accountId, passwordHash }, session)).toBe(false);
    expect(await kept()).toBe(0);
  });

  it('are told apart from wrong passwords only after the right one, where the account is disabled', async () => {
    const session = await signIn();
    await hub.accounts.change(accountId, { disabled: true });
    await hub.callers.invalidate(accountId);
    expect(await ownerOf(session)).toBeUndefined();
    await expect(signIn('not the password')).rejects.toMatchObject({ code: 'Unauthorized' });
    await expect(signIn()).rejects.toMatchObject({ code: 'Forbidden' });
  });

  it('die with their account’s tokens when it is disabled', async () => {
    const token = await hub.people.createToken(name, { name: 'laptop', role: 'write' });
    expect(await hub.callers.findCaller(token)).toMatchObject({ name });
    await hub.accounts.change(accountId, { disabled: true });
    await hub.callers.invalidate(accountId);
    expect(await hub.callers.findCaller(token)).toBeUndefined();
  });

  it('are not believed when they end while they are looked up', async () => {
    const session = await signIn();
    const asked = hub.callers.findSession(session);
    await hub.callers.invalidate(accountId); // ended elsewhere in between
    await asked;
    await hub.sessions.deleteByAccount(accountId);
    expect(await ownerOf(session)).toBeUndefined();
  });
});

describeOnEveryDatabase('organizations and names', (newDatabase) => {
  it('of many who want one name at once, one gets it', async () => {
    const { people } = wire(await openDatabase(newDatabase));
    const names = ['wanted', 'Wanted', 'WANTED', 'wAnted'];
    const made = await Promise.allSettled(
      names.map((one, n) => (n % 2 ? people.createOrganization({ name: one }) : people.createUser({ name: one }))),
    );
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
  });

  it('of two admins who put each other out at once, one stays', async () => {
    const database = await openDatabase(newDatabase);
    const { people } = wire(database);
    const memberships = new MembershipStore(database);
    const users = [await people.createUser({ name: 'ann' }), await people.createUser({ name: 'ben' })];
    // several connections, so that on a server they do meet; and several rounds, since they need not
    await Promise.all(Array.from({ length: 4 }, () => database.query('SELECT pg_sleep(0)')));
    for (let round = 0; round < 10; round += 1) {
      const { id: organizationId } = await people.createOrganization({ name: `acme-${round}` });
      for (const { id: userId } of users) await memberships.setRole({ organizationId, userId, role: 'admin' });
      const outcomes = await Promise.allSettled(
        users.map(({ id: userId }, n) => memberships.change({ organizationId, userId }, n ? null : 'read')),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const roles = (await memberships.members(organizationId, { limit: 10 })).map(({ role }) => role);
      expect(roles.filter((role) => role === 'admin').length).toBe(1);
    }
  });

  it('an account that is deleted while it is made an only admin leaves an admin behind, or stays', async () => {
    const database = await openDatabase(newDatabase);
    const { people, accounts } = wire(database);
    const memberships = new MembershipStore(database);
    await Promise.all(Array.from({ length: 4 }, () => database.query('SELECT pg_sleep(0)')));
    for (let round = 0; round < 10; round += 1) {
      const { id: organizationId } = await people.createOrganization({ name: `org-${round}` });
      const [ann, ben] = [
        await people.createUser({ name: `a-${round}` }),
        await people.createUser({ name: `b-${round}` }),
      ];
      for (const { id: userId } of [ann, ben]) await memberships.setRole({ organizationId, userId, role: 'admin' });
      await Promise.allSettled([accounts.delete(ann), memberships.change({ organizationId, userId: ben.id }, 'read')]);
      const roles = (await memberships.members(organizationId, { limit: 10 })).map(({ role }) => role);
      expect(roles.filter((role) => role === 'admin').length).toBe(1);
    }
  });
});
