import 'reflect-metadata';
import { TokenCipher } from './fallback-sources/token-cipher.js';
import { KeyRotation, type Rotated } from './fallback-sources/key-rotation.service.js';
import type { HubConfig } from './platform/config/hub-config.js';
import { loadConfig } from './platform/config/load-config.js';
import { adoptNextKey, nextKeyIn, secretsIn, secretsInRotation } from './platform/config/secrets.js';
import { dataSourceOptions } from './platform/database/data-source-options.js';
import { openDataSource } from './platform/database/open-data-source.js';
import { CommandFault } from './platform/observability/boot-fault.js';

/** Brings the database's tables up to date, and says how. */
async function migrate(): Promise<string> {
  const { source, ran } = await openDataSource(await dataSourceOptions(loadConfig(secretsIn)));
  await source.destroy();
  return ran.length === 0 ? 'The database is up to date.' : `Migrated: ${ran.join(', ')}`;
}

/**
 * Seals the sources' tokens under a new key. A key that the data directory keeps is replaced there: the new one lies beside it before the
 * first token is sealed with it, so that it can be gone on with after whatever cut it off.
 */
async function rotateKey(): Promise<string> {
  const config = loadConfig(secretsInRotation);
  const isKept = config.isKeyKept;
  const next = isKept ? nextKeyIn(config.dataDir, config.newSecretKey) : config.newSecretKey;
  if (next === undefined) throw new CommandFault('KOHAKU_HUB_NEW_SECRET_KEY must be set: the key to change to.');
  const rotated = await sealAnew(config, next);
  if (isKept) adoptNextKey(config.dataDir);
  return describe(rotated, isKept);
}

async function sealAnew(config: HubConfig, next: string): Promise<Rotated> {
  const { source } = await openDataSource(await dataSourceOptions(config));
  try {
    return await new KeyRotation(source, new TokenCipher(config.secretKey), new TokenCipher(next)).rotate();
  } finally {
    await source.destroy();
  }
}

function describe({ sealedAnew, already, unreadable }: Rotated, isKept: boolean): string {
  const lines = [
    `${sealedAnew} tokens of sources are sealed under the new key; ${already} were already.`,
    ...unreadable.map((name) => `The token of ${name} can be read with neither key: enter it again.`),
    isKept
      ? 'The data directory holds the new key.'
      : 'Start every replica with the new key as KOHAKU_HUB_SECRET_KEY now.',
  ];
  return lines.join('\n');
}

/** What the program does instead of serving, by its first argument; each answers what it has to say. */
export const COMMANDS: ReadonlyMap<string, () => Promise<string>> = new Map([
  ['migrate', migrate],
  ['rotate-key', rotateKey],
]);
