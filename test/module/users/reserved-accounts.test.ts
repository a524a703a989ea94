import { beforeAll, expect, it } from '@jest/globals';
import { ReservedNames } from '../../../src/fallback/resolver/reserved-names.service.js';
import { LocalClusterBus } from '../../../src/platform/cluster/local-cluster-bus.js';
import { AccountStore } from '../../../src/users/account.store.js';
import { ReservedAccounts } from '../../../src/users/reserved-accounts.service.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { openDatabase } from '../../support/test-database.js';

describeOnEveryDatabase.inFullRuns('reserved accounts', (newDatabase) => {
  let accounts: AccountStore;
  beforeAll(async () => {
    accounts = new AccountStore(await openDatabase(newDatabase));
    for (const name of ['Acme', 'free']) await accounts.create({ kind: 'organization', name, fullName: name });
    await accounts.change((await accounts.find('acme'))!.id, { reserved: true });
  });

  it('are known from the start, whatever the case', async () => {
    const names = new ReservedNames();
    await new ReservedAccounts(accounts, names, new LocalClusterBus()).onModuleInit();
    expect(['acme', 'ACME', 'free', 'acm', ''].map((name) => names.has(name))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('stay known while the database is away, and are as the last who read them says, not the last who answered', async () => {
    const names = new ReservedNames();
    const answers: ((names: string[] | Error) => void)[] = [];
    const slow = Object.assign(Object.create(accounts) as AccountStore, {
      reservedNames: () =>
        new Promise<string[]>((resolve, reject) =>
          answers.push((said) => (said instanceof Error ? reject(said) : resolve(said))),
        ),
    });
    const reserved = new ReservedAccounts(slow, names, new LocalClusterBus());
    const [early, late] = [reserved.refresh(), reserved.refresh()];
    answers[1]!(['acme']);
    await late;
    answers[0]!([]);
    await early;
    expect(names.has('acme')).toBe(true);
    const failing = reserved.refresh();
    answers[2]!(new Error('the database is away'));
    await expect(failing).rejects.toThrow('away');
    expect(names.has('acme')).toBe(true);
  });
});
