import { NOW } from '../../platform/cluster/redis-scripts.js';

/**
 * Returns the generation, which is `{run id of Redis}:{random}:{count}`. Entries are valid while everything before the count is the same;
 * an entry is only accepted if the generation has not changed since reading it began.
 *
 * KEYS: generation. ARGV: a random text, `1` to start a new era. A new era is also started if there is no generation, and after a restart
 * of Redis, because the data that it loaded from disk may be older than the last invalidation.
 */
export const LOAD_GENERATION = `
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ARGV[1]
local known = redis.call('GET', KEYS[1])
if known and ARGV[2] ~= '1' and string.sub(known, 1, #run + 1) == run .. ':' then return known end
local fresh = run .. ':' .. ARGV[1] .. ':0'
redis.call('SET', KEYS[1], fresh)
return fresh
`;

/** KEYS: generation. Increments its count: entries stay valid, but reads in progress are not stored. */
export const ADVANCE_GENERATION = `
local known = redis.call('GET', KEYS[1])
if not known then return false end
local era, count = string.match(known, '^(.*:)(%d+)$')
redis.call('SET', KEYS[1], era .. (count + 1))
return era .. (count + 1)
`;

/** KEYS: generation, and the keys of entries. Returns the generation, then each entry's value and remaining milliseconds. */
export const GET_ENTRIES = `
local answer = { redis.call('GET', KEYS[1]) }
for at = 2, #KEYS do
  answer[#answer + 1] = redis.call('GET', KEYS[at])
  answer[#answer + 1] = redis.call('PTTL', KEYS[at])
end
return answer
`;

/**
 * KEYS: generation, entry, sorted set of the entries. ARGV: the generation in which reading began, value, TTL in milliseconds, maximum
 * number of entries, maximum TTL. If there are too many entries, those that expire first are removed. Returns whether the entry was stored.
 */
export const SET_ENTRY = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
${NOW}
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
redis.call('ZADD', KEYS[3], now + ARGV[3], KEYS[2])
redis.call('PEXPIRE', KEYS[3], ARGV[5])
local over = redis.call('ZCARD', KEYS[3]) - ARGV[4]
if over > 0 then
  for _, oldest in ipairs(redis.call('ZRANGE', KEYS[3], 0, over - 1)) do redis.call('UNLINK', oldest) end
  redis.call('ZREMRANGEBYRANK', KEYS[3], 0, over - 1)
end
return 1
`;

/** KEYS: sorted sets. Returns the number of entries in each that have not expired. */
export const COUNT_ENTRIES = `${NOW}
local answer = {}
for at, list in ipairs(KEYS) do answer[at] = redis.call('ZCOUNT', list, now, '+inf') end
return answer
`;

/** KEYS: lock. ARGV: its owner. Releases the lock, unless another owner holds it. */
export const RELEASE_LOCK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;
