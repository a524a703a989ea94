import 'reflect-metadata';
import { TokenCipher } from '../fallback/sources/token-cipher.js';
import { KeyRotation, type RotationResult } from '../fallback/sources/key-rotation.service.js';
import { SOURCE_TYPES } from '../fallback/strategies/strategies.js';
import type { HubConfig } from '../platform/config/hub-config.js';
import { loadConfig } from '../platform/config/load-config.js';
import { adoptNextKey, nextKeyIn, secretsIn, secretsInRotation } from '../platform/config/secrets.js';
import { dataSourceOptions } from '../platform/database/data-source-options.js';
import { openDataSource } from '../platform/database/open-data-source.js';
import { CommandError } from './describe-boot-error.js';

/** Runs pending migrations. */
async function migrate(): Promise<string> {
  const config = loadConfig({ secretsIn, sourceTypes: SOURCE_TYPES });
  const { source, ran } = await openDataSource(await dataSourceOptions(config), config.startup.timeoutMs);
  await source.destroy();
  return ran.length === 0 ? 'The database is up to date.' : `Migrated: ${ran.join(', ')}`;
}

/**
 * Encrypts the tokens of sources with a new key. A generated key in the data directory is replaced. The new key is stored there before it is
 * first used, so that an interrupted rotation can be continued.
 */
async function rotateKey(): Promise<string> {
  const config = loadConfig({ secretsIn: secretsInRotation, sourceTypes: SOURCE_TYPES });
  const isGenerated = config.isSecretKeyGenerated;
  const next = isGenerated ? nextKeyIn(config.dataDir, config.newSecretKey) : config.newSecretKey;
  if (next === undefined) throw new CommandError('Set KOHAKU_HUB_NEW_SECRET_KEY to the new key.');
  const rotated = await rotateTokens(config, next);
  if (isGenerated) adoptNextKey(config.dataDir);
  return describeRotation(rotated, isGenerated);
}

async function rotateTokens(config: HubConfig, next: string): Promise<RotationResult> {
  const { source } = await openDataSource(await dataSourceOptions(config), config.startup.timeoutMs);
  try {
    return await new KeyRotation(source, new TokenCipher(config.secretKey), new TokenCipher(next)).rotate();
  } finally {
    await source.destroy();
  }
}

function describeRotation({ reencrypted, already, unreadable }: RotationResult, isGenerated: boolean): string {
  const lines = [
    `Encrypted ${reencrypted} source tokens with the new key; ${already} already used it.`,
    ...unreadable.map(
      (name) =>
        `The token of source ${name} cannot be decrypted with either key. Enter it again in Admin → Fallback sources.`,
    ),
    isGenerated
      ? 'The new key is stored in the data directory.'
      : 'Now restart all replicas with the new key in KOHAKU_HUB_SECRET_KEY.',
  ];
  return lines.join('\n');
}

/** The one-off commands of `main.js <command>`. Each returns its output. */
export const COMMANDS: ReadonlyMap<string, () => Promise<string>> = new Map([
  ['migrate', migrate],
  ['rotate-key', rotateKey],
]);
