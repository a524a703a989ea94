import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { allEntities } from './all-entities.js';
import type { NewDatabase } from './databases.js';

const open: DataSource[] = [];

/** Opens a migrated database with the entities of all modules. It is closed after the suite. */
export async function openDatabase(newDatabase: NewDatabase): Promise<DataSource> {
  const options = await dataSourceOptions(await newDatabase());
  const source = await new DataSource({ ...options, entities: await allEntities() }).initialize();
  open.push(source);
  return source;
}

/** Closes what `openDatabase` opened; `describeOnEveryDatabase` calls it after each suite. */
export async function closeDatabases(): Promise<void> {
  for (const source of open.splice(0)) await source.destroy();
}
