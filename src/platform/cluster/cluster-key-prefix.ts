import type { HubConfig } from '../config/hub-config.js';

/**
 * Prefix of a hub's Redis keys and channels, because several hubs may share one Redis. Replicas of one hub have the same instance ID, which
 * is derived from the secret key.
 */
export const clusterKeyPrefix = ({ instanceId }: Pick<HubConfig, 'instanceId'>): string => `hubfall:${instanceId}:`;
