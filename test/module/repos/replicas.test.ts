import { expect, it } from '@jest/globals';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

describeOnEveryDatabase('two replicas', (newDatabase) => {
  it('commit to one branch at once without losing anything', async () => {
    const config = await newDatabase();
    const one = await LocalStore.open(config);
    // the embedded database admits one process: there the second replica is the first again
    const two = config.databaseUrl ? await LocalStore.open(config) : one;
    const repository = await one.repository();
    const names = Array.from({ length: 40 }, (_, index) => `file-${index}`);
    await Promise.all(names.map((name, index) => (index % 2 ? one : two).commit(repository, { [name]: name })));
    const { entries } = await one.repositories.tree(repository, ['main'], []);
    expect(entries.filter(({ path }) => path.startsWith('file-'))).toHaveLength(40);
    expect((await two.repositories.commits(repository, ['main'], [])).total).toBe(41);
    await one.close();
    if (two !== one) await two.close();
  });
});
