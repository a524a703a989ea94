import type { EntityManager } from 'typeorm';
import { beforeAll, expect, it } from '@jest/globals';
import { TokenScopeStore } from '../../../src/users/token-scope.store.js';
import { AccessTokenStore } from '../../../src/users/access-token.store.js';
import { AccountStore } from '../../../src/users/account.store.js';
import { AccountsService } from '../../../src/users/accounts.service.js';
import { AvatarStore } from '../../../src/users/avatar.store.js';
import { MembershipStore } from '../../../src/users/membership.store.js';
import { auditLogOf } from '../../support/audit-log.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { reservedAccounts } from '../../support/reserved-accounts.js';
import { openDatabase } from '../../support/test-database.js';

describeOnEveryDatabase.inFullRuns('avatars of accounts', (newDatabase) => {
  let accounts: AccountStore;
  let memberships: MembershipStore;
  let service: AccountsService;
  let avatars: AvatarStore;
  let m: EntityManager;
  beforeAll(async () => {
    const database = await openDatabase(newDatabase);
    [accounts, memberships] = [new AccountStore(database), new MembershipStore(database)];
    const [tokens, reserved, audit] = [
      new AccessTokenStore(database, new TokenScopeStore(database)),
      reservedAccounts(accounts),
      auditLogOf(database),
    ];
    service = new AccountsService(accounts, memberships, tokens, reserved, audit);
    m = database.manager;
    avatars = new AvatarStore(database);
  });

  const avatar = (letter: string, text: string) => ({
    content: Buffer.from(text),
    mediaType: 'image/webp',
    sha256: letter.repeat(64),
  });

  it('are included in all reads of the account and deleted with it', async () => {
    const ann = await service.createUser({ name: 'ann' });
    const team = await service.createOrganization({ name: 'team' });
    await service.addMember('team', 'ann', 'admin');
    expect(ann.avatarSha256).toBeNull();
    await avatars.put(m, ann.id, avatar('a', 'one'));
    await avatars.put(m, ann.id, avatar('b', '\x00\xff two'));
    await avatars.put(m, team.id, avatar('c', 'three'));
    expect(await avatars.find(ann.id)).toMatchObject(avatar('b', '\x00\xff two'));
    const hashes = [
      (await service.find('Ann'))?.avatarSha256,
      (await accounts.byId(ann.id))?.avatarSha256,
      (await accounts.change(ann.id, { bio: 'here' }))?.avatarSha256,
      (await accounts.list({ search: 'ann', limit: 9 })).map(({ avatarSha256 }) => avatarSha256),
      (await memberships.members(team.id, { limit: 9 })).map(({ account }) => account.avatarSha256),
      (await memberships.organizationsOf(ann.id)).map(({ account }) => account.avatarSha256),
    ];
    const [b, c] = ['b'.repeat(64), 'c'.repeat(64)];
    expect(hashes).toEqual([b, b, b, [b], [b], [c]]);
    await avatars.delete(m, team.id);
    await accounts.delete(team);
    await accounts.delete(ann);
    expect([await avatars.find(ann.id), await avatars.find(team.id)]).toEqual([null, null]);
  });
});
