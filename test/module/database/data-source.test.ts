import { describe, expect, it } from '@jest/globals';
import { DataSource, type MigrationInterface } from 'typeorm';
import { DataDirInUseError } from '../../../src/platform/database/data-dir-in-use.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source-options.js';
import { MIGRATIONS } from '../../../src/platform/database/migrations/migrations.js';
import { openDataSource } from '../../../src/platform/database/open-data-source.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describeOnEveryDatabase('the data source', (newDatabase, newEmptyDatabase) => {
  it('migrates an empty database, and does nothing the second time', async () => {
    const config = await newEmptyDatabase();
    const first = await new DataSource(await dataSourceOptions(config)).initialize();
    await first.query(`INSERT INTO hub_settings (key, value) VALUES ('mark', 'kept')`);
    await first.destroy();

    const second = await new DataSource(await dataSourceOptions(config)).initialize();
    expect(await second.query('SELECT value FROM hub_settings')).toEqual([{ value: 'kept' }]);
    expect(await second.query('SELECT name FROM migrations')).toHaveLength(MIGRATIONS.length);
    await second.destroy();
  });

  it('is migrated once, however many replicas start at once', async () => {
    const config = await newEmptyDatabase();
    // the embedded database admits one process
    const replicas = config.databaseUrl ? 5 : 1;
    const starting = Array.from({ length: replicas }, async () => openDataSource(await dataSourceOptions(config)));
    const opened = await Promise.all(starting);
    const counts = opened.map(({ ran }) => ran.length).sort();
    expect(counts).toEqual([...Array<number>(replicas - 1).fill(0), MIGRATIONS.length]);
    await Promise.all(opened.map(({ source }) => source.destroy()));
  });

  it('is migrated by the next one when the first has failed', async () => {
    const config = await newEmptyDatabase();
    class Fault implements MigrationInterface {
      name = 'Fault1000000000000';
      up = (): Promise<never> => Promise.reject(new Error('this migration fails'));
      down = (): Promise<void> => Promise.resolve();
    }
    const options = await dataSourceOptions(config);
    await expect(openDataSource({ ...options, migrations: [Fault] })).rejects.toThrow('this migration fails');
    const { source: next, ran } = await openDataSource(await dataSourceOptions(config));
    expect(ran).toHaveLength(MIGRATIONS.length);
    await next.destroy();
  });

  it('takes its migrations back', async () => {
    const source = await new DataSource(await dataSourceOptions(await newEmptyDatabase())).initialize();
    for (const _ of MIGRATIONS) await source.undoLastMigration();
    expect(await source.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([
      { tablename: 'migrations' },
    ]);
    await source.destroy();
  });

  it('keeps the statements of a transaction apart from its neighbours', async () => {
    const source = await new DataSource(await dataSourceOptions(await newDatabase())).initialize();
    const doomed = source.transaction(async (m) => {
      await m.query(`INSERT INTO hub_settings (key, value) VALUES ('doomed', '1')`);
      throw new Error('rolled back');
    });
    const neighbour = source.query(`INSERT INTO hub_settings (key, value) VALUES ('neighbour', '1')`);
    await expect(doomed).rejects.toThrow('rolled back');
    await neighbour;
    expect(await source.query('SELECT key FROM hub_settings')).toEqual([{ key: 'neighbour' }]);
    await source.destroy();
  });
});

describe('the embedded data directory', () => {
  it('is refused to a second opener, in one sentence, and free again afterwards', async () => {
    const config = { databaseUrl: undefined, dataDir: await temporaryFolder() };
    const source = await new DataSource(await dataSourceOptions(config)).initialize();
    await expect(dataSourceOptions(config)).rejects.toThrow(DataDirInUseError);
    await expect(dataSourceOptions(config)).rejects.toThrow(/^Another process is using the data directory [^.]+\.$/);
    await source.destroy();
    const next = await new DataSource(await dataSourceOptions(config)).initialize();
    await next.destroy();
  });
});
