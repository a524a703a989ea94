import { NOW } from '../../platform/cluster/redis-scripts.js';

/**
 * The generation is `{run of Redis}:{random}:{count}`. A value is good as long as all before the count stays; a value is taken only
 * under exactly the generation that it was searched under.
 *
 * KEYS: generation. ARGV: something random, `1` to begin anew. Also begins anew where there is none, and where Redis has been started
 * since: what it had kept then may be older than what it was told.
 */
export const ADOPT = `
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ARGV[1]
local known = redis.call('GET', KEYS[1])
if known and ARGV[2] ~= '1' and string.sub(known, 1, #run + 1) == run .. ':' then return known end
local fresh = run .. ':' .. ARGV[1] .. ':0'
redis.call('SET', KEYS[1], fresh)
return fresh
`;

/** KEYS: generation. From now on nothing is taken that was searched before; what is kept stays good. */
export const STEP = `
local known = redis.call('GET', KEYS[1])
if not known then return false end
local world, count = string.match(known, '^(.*:)(%d+)$')
redis.call('SET', KEYS[1], world .. (count + 1))
return world .. (count + 1)
`;

/** KEYS: generation, and any others. Answers the generation, then each one's value and milliseconds to live. */
export const RECALL = `
local answer = { redis.call('GET', KEYS[1]) }
for at = 2, #KEYS do
  answer[#answer + 1] = redis.call('GET', KEYS[at])
  answer[#answer + 1] = redis.call('PTTL', KEYS[at])
end
return answer
`;

/**
 * KEYS: generation, key, list of what there is. ARGV: the generation searched under, value, milliseconds to live, how many may be kept,
 * the longest that any lives. Those that end soonest make room. Answers whether it was taken.
 */
export const KEEP = `
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

/** KEYS: lists. Answers how many each has that still live. */
export const COUNT = `${NOW}
local answer = {}
for at, list in ipairs(KEYS) do answer[at] = redis.call('ZCOUNT', list, now, '+inf') end
return answer
`;

/** KEYS: lock. ARGV: its owner's word. Nobody gives back what another one holds. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;
