import 'reflect-metadata';
import { TokenCipher } from '../fallback/sources/token-cipher.js';
import { KeyRotation, type RotationResult } from '../fallback/sources/key-rotation.service.js';
import { SOURCE_TYPES } from '../fallback/strategies/strategies.js';
import type { HubConfig } from '../platform/config/hub-config.js';
import { loadConfig } from '../platform/config/load-config.js';
import { adoptNextKey, nextKeyIn, secretsIn, secretsInRotation } from '../platform/config/secrets.js';
import { dataSourceOptions } from '../platform/database/data-source-options.js';
import { openDataSource } from '../platform/database/open-data-source.js';
import type { Command } from './command.js';
import { CommandError } from './describe-boot-error.js';

/** Runs pending migrations. */
async function migrate(): Promise<string> {
  const { source, ran } = await openDataSource(
    await dataSourceOptions(loadConfig({ secretsIn, sourceTypes: SOURCE_TYPES })),
  );
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
  const { source } = await openDataSource(await dataSourceOptions(config));
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
  ['check', examine(async () => (await import('./check/check-command.js')).checkCommand)],
  ['doctor', examine(async () => (await import('./doctor/doctor-command.js')).doctorCommand)],
]);
