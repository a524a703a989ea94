import { Fleet } from '../support/fleet.js';
import { PostgresServer } from '../support/postgres-server.js';
import { RedisServer } from '../support/redis-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { HubStage } from './hub-stage.js';
import { describeJavascript } from './javascript-suite.js';
import { describeReads } from './read-suite.js';
import { describeWrites } from './write-suite.js';

/** The client suites of one hub, against three replicas behind nginx on PostgreSQL and Redis: nobody must notice. */
describe('a fleet of three', () => {
  let stage: HubStage;
  let postgres: PostgresServer;
  let redis: RedisServer;
  let fleet: Fleet;
  const settings = () => ({ endpoint: stage.hub.url, token: stage.token });
  const reads = () => ({ far: stage.far, settings: settings() });

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([PostgresServer.start(), RedisServer.start()]);
    const shared = {
      KOHAKU_HUB_DATABASE_URL: await postgres.newDatabase(),
      KOHAKU_HUB_REDIS_URL: redis.url,
      KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
    };
    const dataDir = await temporaryFolder();
    stage = await HubStage.start({}, shared, async ({ sources, env = {} }) => {
      return (fleet = await Fleet.start({ replicas: 3, sources, env, dataDir }));
    });
  }, 120_000);
  afterAll(async () => {
    await stage.close();
    await Promise.all([postgres.stop(), redis.kill()]);
  });

  describe('huggingface_hub 1.x reads', () => describeReads('hf1', reads));
  describe('huggingface_hub 2.x reads', () => describeReads('hf2', reads));
  describe('@huggingface/hub reads', () => describeJavascript(reads));
  describe('huggingface_hub 2.x writes', () =>
    describeWrites('hf2', 'fleet', () => ({ ...reads(), account: 'client' })));

  it('shares the work', async () => {
    const served = await Promise.all(
      fleet.replicas.map(async ({ url }) => (await fetch(`${url}/health/ready`)).status),
    );
    expect(served).toEqual([200, 200, 200]);
    expect(stage.leaks).toEqual([]);
  });
});
