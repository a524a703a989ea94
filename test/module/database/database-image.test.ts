import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { buildImage } from '../../../src/platform/database/build-image.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source-options.js';
import { MIGRATIONS } from '../../../src/platform/database/migrations/migrations.js';
import { allEntities } from '../../support/all-entities.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** The whole schema as text, and the rows that migrations insert. */
async function contentOf(source: DataSource): Promise<unknown> {
  const select = (sql: string): Promise<unknown> => source.query(sql);
  return {
    columns: await select(`SELECT table_name, column_name, data_type, udt_name, character_maximum_length, is_nullable,
      column_default, is_generated, generation_expression, collation_name FROM information_schema.columns
      WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`),
    constraints: await select(`SELECT conrelid::regclass::text AS table, conname, pg_get_constraintdef(oid) AS rule
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`),
    indexes: await select(`SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`),
    functions: await select(`SELECT pg_get_functiondef(oid) AS body FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace ORDER BY 1`),
    triggers: await select(
      `SELECT pg_get_triggerdef(oid) AS trigger FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`,
    ),
    sequences: await select(`SELECT sequencename, last_value FROM pg_sequences ORDER BY 1`),
    settings: await select(`SELECT * FROM hub_settings WHERE key NOT LIKE 'schema.%' ORDER BY key`),
    migrations: await select('SELECT timestamp, name FROM migrations ORDER BY id'),
  };
}

describe('the image of a new embedded database', () => {
  let image: string;
  beforeAll(async () => {
    image = join(await temporaryFolder(), 'database');
    await buildImage(image);
  });

  const open = async (dataDir: string, from?: string): Promise<DataSource> =>
    new DataSource({
      ...(await dataSourceOptions({ databaseUrl: undefined, dataDir }, from)),
      entities: await allEntities(),
      migrationsRun: false,
    }).initialize();

  it('has the schema of the migrations, which is that of the entities', async () => {
    const copied = await open(await temporaryFolder(), image);
    const migrated = await open(await temporaryFolder());
    await migrated.runMigrations();
    expect(await contentOf(copied)).toEqual(await contentOf(migrated));
    expect((await copied.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    expect(await copied.runMigrations()).toEqual([]);
    await copied.destroy();
    await migrated.destroy();
  });

  it('is copied only for a new database, to a folder with mode 0700', async () => {
    const dataDir = await temporaryFolder();
    const first = await open(dataDir, image);
    await first.query(`INSERT INTO hub_settings (key, value) VALUES ('mark', 'kept')`);
    await first.destroy();
    expect((await stat(join(dataDir, 'pgdata'))).mode & 0o777).toBe(0o700);
    const second = await open(dataDir, image);
    expect(await second.query(`SELECT value FROM hub_settings WHERE key = 'mark'`)).toEqual([{ value: 'kept' }]);
    await second.destroy();
    const other = await open(await temporaryFolder(), image);
    expect(await other.query(`SELECT * FROM hub_settings WHERE key = 'mark'`)).toEqual([]);
    await other.destroy();
  });

  it('replaces an incomplete copy', async () => {
    const dataDir = await temporaryFolder();
    await writeFile(join(dataDir, 'pgdata.new'), 'part of a copy');
    const source = await open(dataDir, image);
    expect(await source.runMigrations()).toEqual([]);
    await source.destroy();
    expect(await readdir(dataDir)).toEqual(['pgdata']);
  });

  it('is not used if it is missing or was built with a different PGlite version or different migrations', async () => {
    const dataDir = await temporaryFolder();
    const missing = await open(dataDir, join(dataDir, 'no-image'));
    expect(await missing.runMigrations()).toHaveLength(MIGRATIONS.length);
    await missing.destroy();

    const manifest = join(image, 'image.json');
    const built = JSON.parse(await readFile(manifest, 'utf8')) as object;
    for (const other of [{ pglite: '0.0.1' }, { migrations: ['InitialSchema1767225600000'] }]) {
      await writeFile(manifest, JSON.stringify({ ...built, ...other }));
      const source = await open(await temporaryFolder(), image);
      expect(await source.runMigrations()).toHaveLength(MIGRATIONS.length);
      await source.destroy();
    }
    await rm(image, { recursive: true });
  });
});
