import { expect, it } from '@jest/globals';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { openDatabase } from '../../support/test-database.js';

describeOnEveryDatabase('migrations', (_newDatabase, newEmptyDatabase) => {
  it('build the schema of the entities', async () => {
    const database = await openDatabase(newEmptyDatabase);
    const drift = await database.driver.createSchemaBuilder().log();
    expect(drift.upQueries.map(({ query }) => query)).toEqual([]);
    expect(database.entityMetadatas.length).toBeGreaterThanOrEqual(12);
  });
});
