import { expect, it } from '@jest/globals';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

describeOnEveryDatabase('two replicas', (newDatabase) => {
  it('can commit to one branch concurrently', async () => {
    const config = await newDatabase();
    const first = await LocalStore.open(config);
    // the embedded database allows one process, so the second replica is the first one there
    const second = config.databaseUrl ? await LocalStore.open(config) : first;
    const repository = await first.repository();
    const names = Array.from({ length: 40 }, (_, index) => `file-${index}`);
    await Promise.all(names.map((name, index) => (index % 2 ? first : second).commit(repository, { [name]: name })));
    const { entries } = await first.repositories.tree(repository, ['main'], []);
    expect(entries.filter(({ path }) => path.startsWith('file-'))).toHaveLength(40);
    expect((await second.repositories.commits(repository, ['main'], [])).total).toBe(41);
    await first.close();
    if (second !== first) await second.close();
  });
});
