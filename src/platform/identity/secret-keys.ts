import { Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { HubSettings } from './hub-settings.js';
import { SecretKey } from './secret-key.js';

/** The id of the key in use. */
const SETTING = 'secret_key.in_use';
/** How soon a replica notices that the `rotate-key` command has changed the key in use. */
export const REFRESH_MS = 15_000;

/**
 * The secret keys of the hub. All of them decrypt and verify; the one in use encrypts and signs. With a new first key, the hub continues to use
 * the previous one until the rotation: other replicas may not have the new key yet. So no replica ever meets a key that it does not have.
 */
export class SecretKeys {
  private readonly logger = new Logger('SecretKeys');
  readonly all: readonly [SecretKey, ...SecretKey[]];
  private current: SecretKey;

  /** @param settings - stores which key is in use; without it, the first one is */
  constructor(
    secrets: readonly string[],
    private readonly settings?: HubSettings,
  ) {
    const [first, ...others] = secrets.map((secret) => new SecretKey(secret));
    if (!first) throw new Error('A hub needs a secret key');
    this.all = [first, ...others];
    this.current = first;
  }

  /** Reads which key is in use. */
  static async open(secrets: readonly string[], settings: HubSettings): Promise<SecretKeys> {
    const keys = new SecretKeys(secrets, settings);
    const stored = await settings.getOrAdd(SETTING, keys.first.id);
    if (!keys.use(stored)) {
      keys.logger.warn(
        'The secret key that this hub has used is not in KOHAKU_HUB_SECRET_KEY. Links that it signed are invalid, and credentials that it encrypted cannot be read.',
      );
      await settings.set(SETTING, keys.first.id);
    }
    return keys;
  }

  get first(): SecretKey {
    return this.all[0];
  }

  /** The key that encrypts and signs. */
  get inUse(): SecretKey {
    return this.current;
  }

  /**
   * Stores that the first key is in use. It is used after `refresh`.
   * @param settings - of the transaction that encrypts everything with it
   */
  async storeFirst(settings: HubSettings): Promise<void> {
    await settings.set(SETTING, this.first.id);
  }

  /** Reads again which key is in use, because another process may have changed it. */
  @Interval(REFRESH_MS)
  async refresh(): Promise<void> {
    if (this.all.length === 1) return;
    try {
      this.use(await this.settings?.get(SETTING));
    } catch (err) {
      this.logger.warn({ err }, 'The secret key in use could not be read. The next attempt is in 15 seconds.');
    }
  }

  /** @returns whether there is a key with this id */
  private use(id: string | undefined): boolean {
    const key = this.all.find((candidate) => candidate.id === id);
    if (key) this.current = key;
    return key !== undefined;
  }
}
