import { MIGRATIONS } from '../../../src/platform/database/migrations/migrations.js';
import {
  DECLARED,
  oldestProgramOf,
  RELEASES,
  timeOf,
} from '../../../src/platform/database/migrations/compatibility.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source-options.js';
import { openDataSource } from '../../../src/platform/database/open-data-source.js';
import { NewerDatabaseError } from '../../../src/platform/database/schema-version.js';
import { describeOnEveryDatabase, type NewDatabase } from '../../support/databases.js';

type Config = Awaited<ReturnType<NewDatabase>>;

describe('migrations', () => {
  it('since the first release declare whether the previous release may run with them', () => {
    const since = MIGRATIONS.map(({ name }) => name).filter((name) => timeOf(name) > RELEASES[0]!.schema);
    expect(DECLARED.map(({ name }) => name)).toEqual(since);
  });

  it.each([
    [[], 0],
    [[{ name: 'Adds1768020000000', previousMayRun: true }], 1768014000000],
    [
      [
        { name: 'Removes1768020000000', previousMayRun: false },
        { name: 'Adds1768020001000', previousMayRun: true },
      ],
      1768020000000,
    ],
  ])('%j require a program with %i', (migrations, oldest) => {
    expect(oldestProgramOf(migrations)).toBe(oldest);
  });
});

describeOnEveryDatabase('a program with another version than its database', (newDatabase, newEmptyDatabase) => {
  /** Opens the database as a program with only the first migrations would. */
  const openAs = async (config: Config, count: number): Promise<{ ran: string[]; newer: string[] }> => {
    const options = { ...(await dataSourceOptions(config)), migrations: MIGRATIONS.slice(0, count) };
    const { source, ran, newer } = await openDataSource(options);
    await source.destroy();
    return { ran, newer };
  };
  const query = async (config: Config, sql: string): Promise<void> => {
    const { source } = await openDataSource(await dataSourceOptions(config));
    await source.query(sql);
    await source.destroy();
  };
  const atFirstRelease = MIGRATIONS.filter(({ name }) => timeOf(name) <= RELEASES[0]!.schema).length;

  it('refuses a migration of an unknown program', async () => {
    const config = await newDatabase();
    await query(config, `INSERT INTO migrations (timestamp, name) VALUES (1999999999999, 'Later1999999999999')`);
    await expect(openAs(config, MIGRATIONS.length)).rejects.toThrow(NewerDatabaseError);
    await expect(openAs(config, MIGRATIONS.length)).rejects.toThrow(
      /newer version of the hub \(Later1999999999999\).*docs\/upgrading\.md/,
    );
  });

  it('runs with the next release if that allows it, and migrates nothing', async () => {
    const config = await newEmptyDatabase();
    expect(await openAs(config, atFirstRelease)).toMatchObject({ newer: [] });
    expect((await openAs(config, MIGRATIONS.length)).ran).toEqual(DECLARED.map(({ name }) => name));
    expect(await openAs(config, atFirstRelease)).toEqual({ ran: [], newer: DECLARED.map(({ name }) => name) });
    expect(await openAs(config, MIGRATIONS.length)).toEqual({ ran: [], newer: [] });
  });

  it('refuses a release that requires a newer program', async () => {
    const config = await newDatabase();
    const required = { oldest_program: 1768020000000, newest: 1_999_999_999_999 };
    await query(
      config,
      `UPDATE hub_settings SET value = '${JSON.stringify(required)}' WHERE key = 'schema.compatibility'`,
    );
    await expect(openAs(config, atFirstRelease)).rejects.toThrow(NewerDatabaseError);
  });
});
