import type { HubCluster } from '../support/hub-cluster.js';
import type { ClusterServices } from '../support/cluster-services.js';
import { FULL_RUN } from '../support/full-run.js';
import { every, type S3FaultProxy } from '../support/s3-fault-proxy.js';
import { sendRequest } from '../support/send-request.js';
import { Traffic } from '../support/traffic.js';
import type { HubFixture } from './hub-fixture.js';

const ENOUGH = 10;

/** A cluster with its services and source. */
export interface ClusterFixture {
  readonly fixture: HubFixture;
  readonly ground: ClusterServices;
  readonly cluster: HubCluster;
}

/** Parts of a cluster of three replicas fail while clients commit and read through nginx. No acknowledged commit is lost, and the cluster recovers by itself. */
export const describeFaults = (shared: () => ClusterFixture): void => {
  let fixture: HubFixture;
  let ground: ClusterServices;
  let cluster: HubCluster;
  beforeAll(() => {
    ({ fixture, ground, cluster } = shared());
  });

  /**
   * Sends traffic before, during and after a fault.
   * @param isPlanned - whether the hub itself responds to all requests, so that failures must be explained
   * @returns the number of failures per kind and status
   */
  async function failuresDuring(
    tag: string,
    fault: (traffic: Traffic) => Promise<void>,
    isPlanned = true,
  ): Promise<Record<string, number>> {
    const traffic = await Traffic.start(fixture.hub.url, fixture.token, { owner: 'client' }, tag);
    await traffic.waitForSuccesses(ENOUGH);
    await fault(traffic);
    await traffic.waitForSuccesses(ENOUGH);
    await traffic.stop();
    expect(await traffic.lost()).toEqual([]);
    if (isPlanned) expect(traffic.unexplained).toEqual([]);
    return traffic.failures;
  }

  const readiness = (): Promise<number[]> =>
    Promise.all(cluster.replicas.map(async ({ url }) => (await fetch(`${url}/health/ready`)).status));

  async function readByMany(readers: number): Promise<void> {
    const urls = Array.from({ length: readers }, (_, n) => `/api/models/client/traffic-connections-${n % 4}`);
    const responses = await Promise.all(urls.map((path) => sendRequest(fixture.hub.url, path)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
  }

  const kinds = (failures: Record<string, number>): string[] => Object.keys(failures).sort();

  it('requests succeed while Redis is down and after it restarts', async () => {
    const failures = await failuresDuring('redis', async (traffic) => {
      await ground.redis.kill();
      await traffic.waitForSuccesses(ENOUGH);
      await ground.redis.restart();
    });
    expect(failures).toEqual({});
  }, 120_000);

  // module tests cover it as well
  if (FULL_RUN)
    it('requests succeed while Redis hangs', async () => {
      const failures = await failuresDuring('hang', async (traffic) => {
        ground.redis.hang();
        await traffic.waitForSuccesses(ENOUGH);
        ground.redis.resume();
      });
      expect(failures).toEqual({});
    }, 120_000);

  it('requests for local repositories return 503 while PostgreSQL restarts, then succeed again', async () => {
    const failures = await failuresDuring('postgres', async () => {
      await ground.postgres.halt();
      await ground.postgres.resume();
    });
    expect(kinds(failures)).not.toEqual([]);
    expect(kinds(failures).filter((kind) => !/^(commit|read) 503$/.test(kind))).toEqual([]);
  }, 120_000);

  // module tests cover it as well
  if (FULL_RUN)
    it('requests for local repositories return 503 while PostgreSQL hangs, then succeed again', async () => {
      const failures = await failuresDuring('postgres-hang', async (traffic) => {
        ground.postgresProxy.freeze();
        await traffic.waitForRequests(ENOUGH);
        expect(await readiness()).toEqual([200, 200, 200]);
        ground.postgresProxy.thaw();
      });
      expect(kinds(failures)).not.toEqual([]);
      expect(kinds(failures).filter((kind) => !/^(commit|read) 503$/.test(kind))).toEqual([]);
    }, 120_000);

  it('requests succeed, slower, while the database allows three connections', async () => {
    const failures = await failuresDuring('connections', async (traffic) => {
      await ground.postgres.limitConnections(3);
      await traffic.waitForRequests(ENOUGH); // requests that were running have ended, some because their connection was closed
      const before = traffic.failures;
      await readByMany(60);
      await traffic.waitForRequests(ENOUGH);
      expect(traffic.failures).toEqual(before);
      await ground.postgres.limitConnections(-1);
    });
    // requests whose connection was closed
    expect(kinds(failures).filter((kind) => !/^(commit|read) 503$/.test(kind))).toEqual([]);
  }, 120_000);

  const faults: [string, (proxy: S3FaultProxy) => void][] = [
    ['hangs', (proxy) => (proxy.fate = () => 'hang')],
    ['refuses access', (proxy) => (proxy.fate = () => 403)],
    ['fails', (proxy) => (proxy.fate = () => 503)],
  ];
  // test/e2e/s3.test.ts covers the others as well
  it.each(FULL_RUN ? faults : faults.slice(0, 1))(
    'requests that need S3 return 503 while it %s, then succeed again',
    async (name, begin) => {
      const failures = await failuresDuring(`s3-${name.split(' ')[0]}`, async (traffic) => {
        begin(ground.s3Proxy);
        await traffic.waitForRequests(ENOUGH);
        expect(await readiness()).toEqual([200, 200, 200]);
        ground.s3Proxy.recover();
      });
      expect(kinds(failures)).not.toEqual([]);
      expect(kinds(failures).filter((kind) => !/^(commit|read) 503$/.test(kind))).toEqual([]);
    },
    120_000,
  );

  // test/e2e/s3.test.ts covers it as well
  if (FULL_RUN)
    it('requests succeed while S3 fails for a fifth of the requests', async () => {
      const failures = await failuresDuring('s3-some', async (traffic) => {
        ground.s3Proxy.fate = every(5, 503);
        await traffic.waitForSuccesses(ENOUGH);
        ground.s3Proxy.recover();
      });
      expect(failures).toEqual({});
    }, 120_000);

  it('requests succeed during a rolling update', async () => {
    expect(await failuresDuring('upgrade', () => cluster.rollingUpdate())).toEqual({});
  }, 360_000);

  it('only commits in flight fail when a replica is killed', async () => {
    const failures = await failuresDuring(
      'kill',
      async () => {
        await cluster.replicas.pop()!.kill();
        await cluster.addReplica();
      },
      false,
    );
    expect(kinds(failures).filter((kind) => !/^commit (0|502|504)$/.test(kind))).toEqual([]);
  }, 120_000);
};
