import { describe, expect, it } from '@jest/globals';
import { DataSource, type MigrationInterface } from 'typeorm';
import { DataDirInUseError } from '../../../src/platform/database/data-dir-in-use.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source-options.js';
import { MIGRATIONS } from '../../../src/platform/database/migrations/migrations.js';
import { openDataSource } from '../../../src/platform/database/open-data-source.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describeOnEveryDatabase('the data source', (newDatabase, newEmptyDatabase) => {
  it('migrates an empty database once', async () => {
    const config = await newEmptyDatabase();
    const first = await new DataSource(await dataSourceOptions(config)).initialize();
    await first.query(`INSERT INTO hub_settings (key, value) VALUES ('mark', 'kept')`);
    await first.destroy();

    const second = await new DataSource(await dataSourceOptions(config)).initialize();
    expect(await second.query('SELECT value FROM hub_settings')).toEqual([{ value: 'kept' }]);
    expect(await second.query('SELECT name FROM migrations')).toHaveLength(MIGRATIONS.length);
    await second.destroy();
  });

  it('is migrated once if several replicas start at the same time', async () => {
    const config = await newEmptyDatabase();
    // the embedded database allows one process
    const replicas = config.databaseUrl ? 5 : 1;
    const starting = Array.from({ length: replicas }, async () => openDataSource(await dataSourceOptions(config)));
    const opened = await Promise.all(starting);
    const counts = opened.map(({ ran }) => ran.length).sort();
    expect(counts).toEqual([...Array<number>(replicas - 1).fill(0), MIGRATIONS.length]);
    await Promise.all(opened.map(({ source }) => source.destroy()));
  });

  it('is migrated by the next process after a failed migration', async () => {
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

  it('can revert its migrations', async () => {
    const source = await new DataSource(await dataSourceOptions(await newEmptyDatabase())).initialize();
    for (const _ of MIGRATIONS) await source.undoLastMigration();
    expect(await source.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([
      { tablename: 'migrations' },
    ]);
    await source.destroy();
  });

  it('separates a transaction from concurrent statements', async () => {
    const source = await new DataSource(await dataSourceOptions(await newDatabase())).initialize();
    const rolledBack = source.transaction(async (m) => {
      await m.query(`INSERT INTO hub_settings (key, value) VALUES ('rolled-back', '1')`);
      throw new Error('rolled back');
    });
    const concurrent = source.query(`INSERT INTO hub_settings (key, value) VALUES ('concurrent', '1')`);
    await expect(rolledBack).rejects.toThrow('rolled back');
    await concurrent;
    expect(await source.query(`SELECT key FROM hub_settings WHERE key NOT LIKE 'schema.%'`)).toEqual([
      { key: 'concurrent' },
    ]);
    await source.destroy();
  });
});

describe('the embedded data directory', () => {
  it('is locked while it is open, with a one-sentence error, and unlocked when it is closed', async () => {
    const config = { databaseUrl: undefined, dataDir: await temporaryFolder() };
    const source = await new DataSource(await dataSourceOptions(config)).initialize();
    await expect(dataSourceOptions(config)).rejects.toThrow(DataDirInUseError);
    await expect(dataSourceOptions(config)).rejects.toThrow(/^Another process is using the data directory [^.]+\.$/);
    await source.destroy();
    const next = await new DataSource(await dataSourceOptions(config)).initialize();
    await next.destroy();
  });
});
