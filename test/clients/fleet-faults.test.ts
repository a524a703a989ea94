import { Fleet } from '../support/fleet.js';
import { PostgresServer } from '../support/postgres-server.js';
import { RedisServer } from '../support/redis-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Traffic } from '../support/traffic.js';
import { HubStage } from './hub-stage.js';

const ENOUGH = 20;

/** Parts of a fleet fail while clients commit and read through nginx. Nothing acknowledged is lost, and nobody has to help. */
describe('faults of a fleet of three', () => {
  let stage: HubStage;
  let postgres: PostgresServer;
  let redis: RedisServer;
  let fleet: Fleet;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([PostgresServer.start(), RedisServer.start()]);
    const shared = { KOHAKU_HUB_DATABASE_URL: await postgres.newDatabase(), KOHAKU_HUB_REDIS_URL: redis.url };
    const dataDir = await temporaryFolder();
    stage = await HubStage.start({}, shared, async ({ sources, env = {} }) => {
      return (fleet = await Fleet.start({ replicas: 3, sources, env, dataDir }));
    });
  }, 120_000);
  afterAll(async () => {
    await stage.close();
    await Promise.all([postgres.stop(), redis.kill()]);
  });

  /** Traffic before, during and after a fault. @returns its failures by kind and status, when it flows again */
  async function through(tag: string, fault: (traffic: Traffic) => Promise<void>): Promise<Record<string, number>> {
    const traffic = await Traffic.start(stage.hub.url, stage.token, 'client', tag);
    await traffic.successes(ENOUGH);
    await fault(traffic);
    await traffic.successes(ENOUGH);
    await traffic.stop();
    expect(await traffic.lost()).toEqual([]);
    return traffic.failures;
  }

  const kinds = (failures: Record<string, number>): string[] => Object.keys(failures).sort();

  it('Redis is killed, is away for a while and comes back: nobody notices', async () => {
    const failures = await through('redis', async (traffic) => {
      await redis.kill();
      await traffic.successes(ENOUGH);
      await redis.restart();
    });
    expect(failures).toEqual({});
  }, 120_000);

  it('Redis hangs: nobody notices', async () => {
    const failures = await through('hang', async (traffic) => {
      redis.hang();
      await traffic.successes(ENOUGH);
      redis.goOn();
    });
    expect(failures).toEqual({});
  }, 120_000);

  it('PostgreSQL is restarted: 503 while it is away, and then all is well', async () => {
    const failures = await through('postgres', async () => {
      await postgres.halt();
      await postgres.resume();
    });
    expect(kinds(failures)).not.toEqual([]);
    expect(kinds(failures).filter((kind) => !kind.endsWith(' 503'))).toEqual([]);
  }, 120_000);

  it('a replica is killed: the others answer, and only what it was doing is cut off', async () => {
    const failures = await through('kill', async () => {
      await fleet.replicas.pop()!.kill();
      await fleet.grow();
    });
    expect(kinds(failures).filter((kind) => !/^commit (0|502|504)$/.test(kind))).toEqual([]);
  }, 120_000);
});
