/** Injection token of the prefix of this hub's Redis keys. */
export const CLUSTER_KEY_PREFIX = Symbol('ClusterKeyPrefix');

/** Prefix of a hub's Redis keys and channels, because several hubs may share one Redis. Replicas of one hub have the same instance ID. */
export const clusterKeyPrefix = (instanceId: string): string => `hubfall:${instanceId}:`;
