import { OWN_PREFIX } from '../../platform/cluster/cluster-key-prefix.js';
import { newRedisClient, type RedisClient } from '../../platform/cluster/redis-client.js';
import { describeRedisProblem, describeRedisRejection } from '../../platform/cluster/redis-problem.js';
import { useRedisRights } from '../../platform/cluster/redis-rights.js';
import { explainScheme } from '../../platform/cluster/redis-scheme.js';
import { withTimeout } from '../../platform/async/with-timeout.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import { clockFinding, readClock } from './clock-findings.js';
import { connectionReason, isConnectionError } from './connection-error.js';
import { findingsOf, type Finding } from './finding.js';

const { ok, warning, problem } = findingsOf('redis');
const CONNECT_MS = 5_000;
/** Keys without a TTL are only evicted by these policies. They count messages between replicas. */
const UNSAFE_POLICY = /^allkeys-/;
/** A command that takes longer is a sign of a slow network. */
const SLOW_SHARE = 0.5;

/** Examines Redis, if it is configured. */
export async function examineRedis(config: HubConfig): Promise<Finding[]> {
  const { redisUrl, certificateAuthorities } = config;
  if (redisUrl === undefined) return [ok('Redis is not configured, so this process must be the only replica.')];
  const client = newRedisClient(redisUrl, { failFast: false, reconnects: false, authorities: certificateAuthorities });
  try {
    await connect(client);
    return await examineServer(client, config);
  } catch (error) {
    return [refused(await explainScheme(error, redisUrl))];
  } finally {
    client.destroy();
  }
}

function connect(client: RedisClient): Promise<unknown> {
  return withTimeout(
    CONNECT_MS,
    new Promise((done, fail) => {
      client.on('error', fail);
      client.connect().then(done, fail);
    }),
  );
}

function refused(error: unknown): Finding {
  const message =
    describeRedisRejection(error) === undefined && isConnectionError(error)
      ? `Redis cannot be reached: ${connectionReason(error)}.`
      : `${describeRedisProblem(error)}.`;
  return problem(message, 'Check KOHAKU_HUB_REDIS_URL, and whether the server runs and accepts connections from here.');
}

async function examineServer(client: RedisClient, config: HubConfig): Promise<Finding[]> {
  const info = parseInfo(await client.info());
  const found: Finding[] = [];
  if (info.get('role') === 'slave' || info.get('role') === 'replica')
    found.push(problem('Redis is a read-only replica.', 'Connect to the primary server.'));
  if (info.get('cluster_enabled') === '1')
    found.push(problem('Redis is in cluster mode, which is not supported.', 'Use a single server.'));
  const policy = info.get('maxmemory_policy') ?? '';
  if (UNSAFE_POLICY.test(policy))
    found.push(
      problem(
        `Redis may delete any key when its memory is full (maxmemory-policy ${policy}), so replicas can miss changes.`,
        'Set maxmemory-policy to noeviction or volatile-lru.',
      ),
    );
  if (found.length === 0) found.push(...(await examineCommands(client, config)));
  return [
    ok(`Redis ${info.get('redis_version') ?? 'of an unknown version'} responds.`),
    ...found,
    ...(await examineClock(client)),
  ];
}

/** Runs the commands that the hub needs, with keys that expire. */
async function examineCommands(client: RedisClient, config: HubConfig): Promise<Finding[]> {
  const took = await useRedisRights(client, `${OWN_PREFIX}doctor:`);
  if (took < config.redisTimeoutMs * SLOW_SHARE) return [ok('The hub has the rights that it needs in Redis.')];
  return [
    warning(
      `Redis needed ${Math.round(took)} ms for a command, and requests wait for ${config.redisTimeoutMs} ms at most.`,
      'Use a server that is nearer, or raise KOHAKU_HUB_REDIS_TIMEOUT.',
    ),
  ];
}

const parseInfo = (text: string): ReadonlyMap<string, string> =>
  new Map(text.split(/\r?\n/).flatMap((line) => (line.includes(':') ? [line.split(':', 2) as [string, string]] : [])));

async function examineClock(client: RedisClient): Promise<Finding[]> {
  const reading = await readClock('Redis', 0, async () => {
    const [seconds, micros] = (await client.sendCommand(['TIME'])) as unknown as [string, string];
    return Number(seconds) * 1000 + Number(micros) / 1000;
  });
  return reading ? [clockFinding(reading)] : [];
}
