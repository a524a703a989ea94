import type { HubCluster } from '../support/hub-cluster.js';
import type { ClusterServices } from '../support/cluster-services.js';
import { Traffic } from '../support/traffic.js';
import type { HubFixture } from './hub-fixture.js';

const ENOUGH = 20;

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
   * @returns the number of failures per kind and status
   */
  async function failuresDuring(
    tag: string,
    fault: (traffic: Traffic) => Promise<void>,
  ): Promise<Record<string, number>> {
    const traffic = await Traffic.start(fixture.hub.url, fixture.token, 'client', tag);
    await traffic.waitForSuccesses(ENOUGH);
    await fault(traffic);
    await traffic.waitForSuccesses(ENOUGH);
    await traffic.stop();
    expect(await traffic.lost()).toEqual([]);
    return traffic.failures;
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

  it('requests succeed while Redis hangs', async () => {
    const failures = await failuresDuring('hang', async (traffic) => {
      ground.redis.hang();
      await traffic.waitForSuccesses(ENOUGH);
      ground.redis.resume();
    });
    expect(failures).toEqual({});
  }, 120_000);

  it('requests return 503 while PostgreSQL restarts, then succeed again', async () => {
    const failures = await failuresDuring('postgres', async () => {
      await ground.postgres.halt();
      await ground.postgres.resume();
    });
    expect(kinds(failures)).not.toEqual([]);
    expect(kinds(failures).filter((kind) => !kind.endsWith(' 503'))).toEqual([]);
  }, 120_000);

  it('requests that need S3 return 503 while it is down, then succeed again', async () => {
    const failures = await failuresDuring('s3', async (traffic) => {
      await ground.s3.crash();
      await traffic.waitForRequests(ENOUGH);
      await ground.s3.resume();
    });
    expect(kinds(failures).filter((kind) => !/^(commit|read) 503$/.test(kind))).toEqual([]);
  }, 120_000);

  it('requests succeed during a rolling update', async () => {
    expect(await failuresDuring('upgrade', () => cluster.rollingUpdate())).toEqual({});
  }, 180_000);

  it('only commits in flight fail when a replica is killed', async () => {
    const failures = await failuresDuring('kill', async () => {
      await cluster.replicas.pop()!.kill();
      await cluster.addReplica();
    });
    expect(kinds(failures).filter((kind) => !/^commit (0|502|504)$/.test(kind))).toEqual([]);
  }, 120_000);
};
