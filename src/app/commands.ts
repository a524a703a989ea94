import 'reflect-metadata';
import { SOURCE_TYPES } from '../fallback/strategies/strategies.js';
import { loadConfig } from '../platform/config/load-config.js';
import { secretsIn } from '../platform/config/secrets.js';
import { dataSourceOptions } from '../platform/database/data-source-options.js';
import { openDataSource } from '../platform/database/open-data-source.js';
import { StoreOwner } from '../platform/storage/store-owner.js';
import { openStores } from '../platform/storage/stores.js';
import { rotateKey } from './rotate-key.js';
import type { Command } from './command.js';

/** Runs pending migrations. */
async function migrate(): Promise<string> {
  const config = loadConfig({ secretsIn, sourceTypes: SOURCE_TYPES });
  const { source, ran, newer } = await openDataSource(await dataSourceOptions(config), config.startup.timeoutMs);
  await source.destroy();
  if (newer.length > 0)
    return `The database was migrated by a newer version (${newer.join(', ')}), with which this version may run.`;
  return ran.length === 0 ? 'The database is up to date.' : `Migrated: ${ran.join(', ')}`;
}

/** Marks the storage as this hub's, after a restore or a move. */
async function claimStorage(): Promise<string> {
  const config = loadConfig({ secretsIn, sourceTypes: SOURCE_TYPES });
  const { source } = await openDataSource(await dataSourceOptions(config), config.startup.timeoutMs);
  try {
    const { mark, blobs } = await openStores(config);
    const owner = new StoreOwner(mark, source, blobs);
    await owner.take();
    return `This hub now owns ${owner.place}. Another hub that has used it no longer starts. A hub with a copy of this database still starts, but deletes nothing from it: stop it.`;
  } finally {
    await source.destroy();
  }
}

/** A command that changes the hub. It succeeds or throws. */
const change = (run: () => Promise<string>): Command => ({
  usesDataDir: true,
  run: async () => ({ output: await run(), code: 0 }),
});

/** A command that only examines the hub, and loads what it needs for that itself. */
const examine = (load: () => Promise<Command['run']>): Command => ({
  usesDataDir: false,
  run: async (args) => (await load())(args),
});

/** The one-off commands of `main.js <command>`. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['migrate', change(migrate)],
  ['rotate-key', change(rotateKey)],
  ['claim-storage', change(claimStorage)],
  ['check', examine(async () => (await import('./check/check-command.js')).checkCommand)],
  ['doctor', examine(async () => (await import('./doctor/doctor-command.js')).doctorCommand)],
]);
