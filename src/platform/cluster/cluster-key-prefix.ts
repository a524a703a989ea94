/** Injection token of the prefix of this hub's Redis keys. */
export const CLUSTER_KEY_PREFIX = Symbol('ClusterKeyPrefix');

/** Prefix of the keys and channels of all hubs, except for bindings. Users of Redis get rights by it. */
export const OWN_PREFIX = 'hubfall:';

/** Prefix of bindings, and of everything that is derived from them. It is part of the specification. */
export const BINDING_KEY_PREFIX = 'fallback:';

/** Prefix of a hub's Redis keys and channels, because several hubs may share one Redis. Replicas of one hub have the same instance ID. */
export const clusterKeyPrefix = (instanceId: string): string => `${OWN_PREFIX}${instanceId}:`;
