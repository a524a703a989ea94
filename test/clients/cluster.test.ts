import { HubCluster } from '../support/hub-cluster.js';
import { ClusterServices } from '../support/cluster-services.js';
import { describeFaults } from './cluster-faults-suite.js';
import { HubFixture } from './hub-fixture.js';
import { describeJavascript } from './javascript-suite.js';
import { describeReads } from './read-suite.js';
import { describeWrites } from './write-suite.js';
import { FULL_RUN } from '../support/full-run.js';

/** The client suites of a single hub against three replicas behind nginx, on PostgreSQL, Redis and S3. */
describe('a cluster of three replicas', () => {
  let fixture: HubFixture;
  let ground: ClusterServices;
  let cluster: HubCluster;
  const settings = () => ({ endpoint: fixture.hub.url, token: fixture.token });
  const reads = () => ({ huggingFace: fixture.huggingFace, settings: settings() });

  beforeAll(async () => {
    ground = await ClusterServices.start();
    const shared = {
      ...ground.env,
      KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
      KOHAKU_HUB_SHUTDOWN_DELAY: '2', // nginx reloads its configuration with a short delay
    };
    fixture = await HubFixture.start({}, shared, async ({ sources, env = {} }) => {
      return (cluster = await HubCluster.start({ replicas: 3, sources, env }));
    });
  }, 120_000);
  afterAll(async () => {
    await fixture.close();
    await ground.stop();
  });

  // Differences between replicas do not depend on the client, and the suite of writes reads as well.
  if (FULL_RUN) {
    describe('huggingface_hub 1.x reads', () => describeReads('hf1', reads));
    describe('huggingface_hub 2.x reads', () => describeReads('hf2', reads));
    describe('@huggingface/hub reads', () => describeJavascript(reads));
  }
  describe('huggingface_hub 2.x writes', () =>
    describeWrites('hf2', 'cluster', () => ({ ...reads(), account: 'client' })));

  it('all replicas are ready, and no source has seen the token', async () => {
    const statuses = await Promise.all(
      cluster.replicas.map(async ({ url }) => (await fetch(`${url}/health/ready`)).status),
    );
    expect(statuses).toEqual([200, 200, 200]);
    expect(fixture.leaks).toEqual([]);
  });

  // Runs last: starting another cluster would take half a minute.
  describe('when parts fail', () => describeFaults(() => ({ fixture, ground, cluster })));
});
