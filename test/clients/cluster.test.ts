import { HubCluster } from '../support/hub-cluster.js';
import { ClusterServices } from '../support/cluster-services.js';
import { describeFaults } from './cluster-faults-suite.js';
import { HubFixture } from './hub-fixture.js';
import { describeJavascript } from './javascript-suite.js';
import { describeReads } from './read-suite.js';
import { describeWrites } from './write-suite.js';
import { FULL_RUN } from '../support/full-run.js';

/** The client suites of one hub, against three replicas behind nginx on PostgreSQL, Redis and S3: nobody must notice. */
describe('a fleet of three', () => {
  let fixture: HubFixture;
  let ground: ClusterServices;
  let fleet: HubCluster;
  const settings = () => ({ endpoint: fixture.hub.url, token: fixture.token });
  const reads = () => ({ far: fixture.far, settings: settings() });

  beforeAll(async () => {
    ground = await ClusterServices.start();
    const shared = {
      ...ground.env,
      KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
      KOHAKU_HUB_SHUTDOWN_DELAY: '2', // nginx is told, and does it a little later
    };
    fixture = await HubFixture.start({}, shared, async ({ sources, env = {} }) => {
      return (fleet = await HubCluster.start({ replicas: 3, sources, env }));
    });
  }, 120_000);
  afterAll(async () => {
    await fixture.close();
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
    expect(fixture.leaks).toEqual([]);
  });

  // last: another fleet would cost half a minute
  describe('whose parts fail', () => describeFaults(() => ({ fixture, ground, fleet })));
});
