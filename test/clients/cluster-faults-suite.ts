import type { HubCluster } from '../support/hub-cluster.js';
import type { ClusterServices } from '../support/cluster-services.js';
import { Traffic } from '../support/traffic.js';
import type { HubFixture } from './hub-fixture.js';

const ENOUGH = 20;

/** A fleet, what it stands on, and what is behind it. */
export interface ClusterFixture {
  readonly fixture: HubFixture;
  readonly ground: ClusterServices;
  readonly fleet: HubCluster;
}

/** Parts of a fleet of three fail while clients commit and read through nginx. Nothing acknowledged is lost, and nobody has to help. */
export const describeFaults = (shared: () => ClusterFixture): void => {
  let fixture: HubFixture;
  let ground: ClusterServices;
  let fleet: HubCluster;
  beforeAll(() => {
    ({ fixture, ground, fleet } = shared());
  });

  /** Traffic before, during and after a fault. @returns its failures by kind and status, when it flows again */
  async function through(tag: string, fault: (traffic: Traffic) => Promise<void>): Promise<Record<string, number>> {
    const traffic = await Traffic.start(fixture.hub.url, fixture.token, 'client', tag);
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
      await ground.redis.kill();
      await traffic.successes(ENOUGH);
      await ground.redis.restart();
    });
    expect(failures).toEqual({});
  }, 120_000);

  it('Redis hangs: nobody notices', async () => {
    const failures = await through('hang', async (traffic) => {
      ground.redis.hang();
      await traffic.successes(ENOUGH);
      ground.redis.goOn();
    });
    expect(failures).toEqual({});
  }, 120_000);

  it('PostgreSQL is restarted: 503 while it is away, and then all is well', async () => {
    const failures = await through('postgres', async () => {
      await ground.postgres.halt();
      await ground.postgres.resume();
    });
    expect(kinds(failures)).not.toEqual([]);
    expect(kinds(failures).filter((kind) => !kind.endsWith(' 503'))).toEqual([]);
  }, 120_000);

  it('the S3 store is gone and comes back: 503 for what needs it, and then all is well', async () => {
    const failures = await through('s3', async (traffic) => {
      await ground.s3.crash();
      await traffic.rounds(ENOUGH);
      await ground.s3.resume();
    });
    expect(kinds(failures).filter((kind) => !/^(commit|read) 503$/.test(kind))).toEqual([]);
  }, 120_000);

  it('all replicas are replaced, one after the other: nobody notices', async () => {
    expect(await through('upgrade', () => fleet.replaceAll())).toEqual({});
  }, 180_000);

  it('a replica is killed: the others answer, and only what it was doing is cut off', async () => {
    const failures = await through('kill', async () => {
      await fleet.replicas.pop()!.kill();
      await fleet.grow();
    });
    expect(kinds(failures).filter((kind) => !/^commit (0|502|504)$/.test(kind))).toEqual([]);
  }, 120_000);
};
