import { beforeAll, expect, it } from '@jest/globals';
import { ReservedNames } from '../../../src/fallback/resolver/reserved-names.service.js';
import { AccountStore } from '../../../src/users/account.store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { reservedAccounts } from '../../support/reserved-accounts.js';
import { openDatabase } from '../../support/test-database.js';

describeOnEveryDatabase.inFullRuns('reserved accounts', (newDatabase) => {
  let accounts: AccountStore;
  beforeAll(async () => {
    accounts = new AccountStore(await openDatabase(newDatabase));
    for (const name of ['Acme', 'free']) await accounts.create({ kind: 'organization', name, fullName: name });
    await accounts.change((await accounts.find('acme'))!.id, { reserved: true });
  });

  it('are loaded at startup and matched ignoring case', async () => {
    const names = new ReservedNames();
    await reservedAccounts(accounts, { names }).onModuleInit();
    expect(['acme', 'ACME', 'free', 'acm', ''].map((name) => names.has(name))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('stay loaded while the database is down, and the latest started read wins', async () => {
    const names = new ReservedNames();
    const pendingReads: ((names: string[] | Error) => void)[] = [];
    const slow = Object.assign(Object.create(accounts) as AccountStore, {
      reservedNames: () =>
        new Promise<string[]>((resolve, reject) =>
          pendingReads.push((result) => (result instanceof Error ? reject(result) : resolve(result))),
        ),
    });
    const reserved = reservedAccounts(slow, { names });
    const [early, late] = [reserved.refresh(), reserved.refresh()];
    pendingReads[1]!(['acme']);
    await late;
    pendingReads[0]!([]);
    await early;
    expect(names.has('acme')).toBe(true);
    const failing = reserved.refresh();
    pendingReads[2]!(new Error('the database is down'));
    await expect(failing).rejects.toThrow('down');
    expect(names.has('acme')).toBe(true);
  });
});
