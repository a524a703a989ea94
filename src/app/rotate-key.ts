import { SealedSecretsStore, type RotationResult } from '../fallback/sources/sealed-secrets.store.js';
import { SOURCE_TYPES } from '../fallback/strategies/strategies.js';
import type { HubConfig } from '../platform/config/hub-config.js';
import { loadConfig } from '../platform/config/load-config.js';
import { adoptNextKey, nextKeyIn, secretsInRotation } from '../platform/config/secrets.js';
import { dataSourceOptions } from '../platform/database/data-source-options.js';
import { openDataSource } from '../platform/database/open-data-source.js';
import { HubSettings } from '../platform/identity/hub-settings.js';
import { SecretKeys } from '../platform/identity/secret-keys.js';
import { CommandError } from './describe-boot-error.js';

/** Where the first key comes from, which determines what the administrator has to do next. */
type Origin = 'first of several' | 'new' | 'generated';

const NEXT_STEP: Readonly<Record<Origin, string>> = {
  'first of several':
    'Running replicas use the first key within 15 seconds. Upload links that the previous key signed are valid for another day. After that, remove the previous key from KOHAKU_HUB_SECRET_KEY and restart all replicas.',
  new: 'Now restart all replicas with the new key in KOHAKU_HUB_SECRET_KEY.',
  generated: 'The new key is stored in the data directory.',
};

/**
 * The `rotate-key` command: encrypts the credentials of sources, and other stored secrets, with the first key of several, or with a new one. A generated key in the data
 * directory is replaced. The new key is stored there before it is first used, so that an interrupted rotation can be continued.
 */
export async function rotateKey(): Promise<string> {
  const config = loadConfig({ secretsIn: secretsInRotation, sourceTypes: SOURCE_TYPES });
  const { dataDir, newSecretKey, secretKeys, isSecretKeyGenerated } = config;
  if (!isSecretKeyGenerated && newSecretKey === undefined && secretKeys.length === 1)
    throw new CommandError(
      'There is only one secret key. Put the new key before it in KOHAKU_HUB_SECRET_KEY, separated by a comma, restart all replicas with both, and run this command again with both.',
    );
  const result = await rotateIn(config);
  if (isSecretKeyGenerated) adoptNextKey(dataDir);
  if (isSecretKeyGenerated) return describeRotation(result, 'generated');
  return describeRotation(result, newSecretKey === undefined ? 'first of several' : 'new');
}

/** The new key is stored after the database has been opened, so that a command that is refused leaves nothing behind. */
async function rotateIn(config: HubConfig): Promise<RotationResult> {
  const { dataDir, newSecretKey, secretKeys, isSecretKeyGenerated } = config;
  const { source } = await openDataSource(await dataSourceOptions(config), config.startup.timeoutMs);
  try {
    const next = isSecretKeyGenerated ? nextKeyIn(dataDir, newSecretKey) : newSecretKey;
    const keys = next === undefined ? secretKeys : [next, ...secretKeys];
    return await new SealedSecretsStore(source, new SecretKeys(keys, new HubSettings(source))).rotate();
  } finally {
    await source.destroy();
  }
}

function describeRotation({ reencrypted, report }: RotationResult, origin: Origin): string {
  const total = report.keys[0]!.credentials;
  const left = report.keys.slice(1).reduce((sum, { credentials }) => sum + credentials, 0);
  return [
    `Encrypted ${reencrypted} credentials with the first key, which now encrypts ${total}. ${left} use another key.`,
    ...report.unreadable.map(
      ({ name, fields }) =>
        `Source "${name}": none of the keys can decrypt ${fields.join(', ')}. The hub does not ask this source. Add the key that encrypted ` +
        'them, or enter them again in Admin → Fallback sources.',
    ),
    NEXT_STEP[origin],
  ].join('\n');
}
