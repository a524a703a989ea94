import { createHash } from 'node:crypto';
import type { HubSettings } from './hub-settings.js';

const SETTING = 'hub.instance_id';

/** Injection token of the ID that identifies the hub in `Via` headers and Redis keys. All replicas have the same. */
export const INSTANCE_ID = Symbol('InstanceId');

/** The ID of a hub with this key. The key cannot be derived from it. */
const derived = (secret: string): string =>
  createHash('sha256').update('hubfall instance\0').update(secret).digest('hex').slice(0, 12);

/**
 * The ID of this hub. It is derived from the secret key once, as version 0.1.0 does at each start, and then stays the same: replicas with a new key
 * and replicas with the previous one must find each other in Redis.
 */
export const instanceIdOf = (secrets: readonly string[], settings: HubSettings): Promise<string> =>
  settings.getOrAdd(SETTING, derived(secrets.at(-1)!));
