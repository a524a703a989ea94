/** Lua: the time of the Redis server in milliseconds, because the clocks of replicas may differ. */
export const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * Marks this replica as alive. KEYS: message counter, sorted set of replicas. ARGV: ID of this replica, milliseconds after which silent
 * replicas are removed. Returns the number of the latest message.
 */
export const HEARTBEAT = `${NOW}
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[2])
return tonumber(redis.call('GET', KEYS[1]) or 0)
`;

/**
 * Publishes a numbered message. KEYS: message counter, sorted set of replicas. ARGV: channel, message, milliseconds within which a replica
 * must have sent a heartbeat to count as live. Returns the number of subscribers that received the message and the number of live replicas.
 */
export const PUBLISH = `${NOW}
local number = redis.call('INCR', KEYS[1])
local live = redis.call('ZCOUNT', KEYS[2], now - ARGV[3], '+inf')
return { redis.call('PUBLISH', ARGV[1], number .. ' ' .. ARGV[2]), live }
`;
