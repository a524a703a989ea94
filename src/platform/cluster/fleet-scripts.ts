/** Redis's own clock in milliseconds: replicas' clocks need not agree. */
export const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** KEYS: count of news, replicas. ARGV: this replica, milliseconds after which one is forgotten. Answers how many news there were. */
export const BEAT = `${NOW}
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[2])
return tonumber(redis.call('GET', KEYS[1]) or 0)
`;

/**
 * KEYS: count of news, replicas. ARGV: channel, message, milliseconds within which a replica has given a sign of life. Answers how many
 * replicas are sent the news, and how many there are.
 */
export const TELL = `${NOW}
local number = redis.call('INCR', KEYS[1])
local live = redis.call('ZCOUNT', KEYS[2], now - ARGV[3], '+inf')
return { redis.call('PUBLISH', ARGV[1], number .. ' ' .. ARGV[2]), live }
`;
