import type { HubConfig } from '../config/hub-config.js';

/** One Redis may serve several hubs; the replicas of one have one key, and so one prefix of keys and channels. */
export const fleetPrefix = ({ instanceId }: Pick<HubConfig, 'instanceId'>): string => `hubfall:${instanceId}:`;
