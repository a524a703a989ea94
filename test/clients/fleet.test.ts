import { Fleet } from '../support/fleet.js';
import { FleetGround } from '../support/fleet-ground.js';
import { describeFaults } from './fleet-faults-suite.js';
import { HubStage } from './hub-stage.js';
import { describeJavascript } from './javascript-suite.js';
import { describeReads } from './read-suite.js';
import { describeWrites } from './write-suite.js';
import { FULL_RUN } from '../support/full-run.js';

/** The client suites of one hub, against three replicas behind nginx on PostgreSQL, Redis and S3: nobody must notice. */
describe('a fleet of three', () => {
  let stage: HubStage;
  let ground: FleetGround;
  let fleet: Fleet;
  const settings = () => ({ endpoint: stage.hub.url, token: stage.token });
  const reads = () => ({ far: stage.far, settings: settings() });

  beforeAll(async () => {
    ground = await FleetGround.start();
    const shared = {
      ...ground.env,
      KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
      KOHAKU_HUB_SHUTDOWN_DELAY: '2', // nginx is told, and does it a little later
    };
    stage = await HubStage.start({}, shared, async ({ sources, env = {} }) => {
      return (fleet = await Fleet.start({ replicas: 3, sources, env }));
    });
  }, 120_000);
  afterAll(async () => {
    await stage.close();
    await ground.stop();
  });

  // What replicas could answer differently does not depend on the client's generation.
  if (FULL_RUN) describe('huggingface_hub 1.x reads', () => describeReads('hf1', reads));
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

  // last: another fleet would cost half a minute
  describe('whose parts fail', () => describeFaults(() => ({ stage, ground, fleet })));
});
