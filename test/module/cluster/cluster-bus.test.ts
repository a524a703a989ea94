import { Logger } from '@nestjs/common';
import { afterEach, expect, it } from '@jest/globals';
import { Topic } from '../../../src/platform/cluster/cluster-bus.js';
import { LEASE_MS, RedisClusterBus } from '../../../src/platform/cluster/redis-cluster-bus.js';
import { RedisLink } from '../../../src/platform/cluster/redis-link.js';
import { eventually } from '../../support/eventually.js';
import { describeWithRedis } from '../../support/describe-with-redis.js';

Logger.overrideLogger(false);

const COLOUR = new Topic<string>('colour');

/** A replica that remembers what it was told. */
interface Replica {
  readonly cluster: RedisClusterBus;
  readonly link: RedisLink;
  readonly heard: string[];
  gaps: number;
  /** What it waits for before it confirms. */
  slow: Promise<void>;
  /** Its clock runs ahead by so much. */
  ahead: number;
}

describeWithRedis('a cluster', (redis) => {
  const replicas: Replica[] = [];
  let hubs = 0;

  async function join(hub = `test:${hubs}:`, patienceMs = 2_000): Promise<Replica> {
    const link = await RedisLink.create(redis().url, patienceMs);
    const replica: Partial<Replica> = { link, heard: [], gaps: 0, slow: Promise.resolve(), ahead: 0 };
    const joined = replica as Replica;
    const cluster = new RedisClusterBus(link, hub, () => performance.now() + joined.ahead);
    cluster.on(COLOUR, async (colour) => {
      await joined.slow;
      joined.heard.push(colour);
    });
    cluster.onGap(() => void (joined.gaps += 1));
    replicas.push(Object.assign(joined, { cluster }));
    await cluster.onApplicationBootstrap();
    return joined;
  }

  afterEach(async () => {
    hubs += 1;
    await Promise.all(replicas.splice(0).map(({ cluster }) => cluster.onApplicationShutdown()));
  });

  it('has heard when telling is over, and hears nothing of other hubs', async () => {
    const [teller, ...others] = [await join(), await join(), await join()];
    const stranger = await join('another:');
    for (const colour of ['red', 'green', 'blue']) {
      await teller.cluster.publish(COLOUR, colour);
      expect(others.map(({ heard }) => heard.at(-1))).toEqual([colour, colour]);
    }
    expect([teller.heard, stranger.heard]).toEqual([[], []]);
    expect(others[0]!.heard).toEqual(['red', 'green', 'blue']);
  });

  it('is told by many at once', async () => {
    const all = [await join(), await join(), await join()];
    const colours = Array.from({ length: 30 }, (_, n) => `colour ${n}`);
    await Promise.all(colours.map((colour, n) => all[n % 3]!.cluster.publish(COLOUR, colour)));
    all.forEach(({ heard, cluster }, at) => {
      expect([...heard].sort()).toEqual(colours.filter((_, n) => n % 3 !== at).sort());
      expect(cluster.isConnected).toBe(true);
    });
  });

  it('does not wait for one that does not confirm longer than that one believes itself', async () => {
    const [teller, stuck] = [await join(), await join()];
    stuck.slow = new Promise(() => undefined);
    const before = performance.now();
    await teller.cluster.publish(COLOUR, 'red');
    expect(performance.now() - before).toBeGreaterThanOrEqual(LEASE_MS - 5);
    expect([teller.cluster.isConnected, stuck.cluster.isConnected]).toEqual([true, false]);
  });

  it('does not wait for one that has left', async () => {
    const [teller, leaver] = [await join(), await join()];
    await leaver.cluster.onApplicationShutdown();
    const before = performance.now();
    await teller.cluster.publish(COLOUR, 'red');
    expect(performance.now() - before).toBeLessThan(LEASE_MS / 2);
  });

  it('finds touch again after a pause, and is another epoch then', async () => {
    const replica = await join();
    const { cluster, gaps } = replica;
    const { epoch } = cluster;
    replica.ahead += LEASE_MS;
    expect([cluster.isConnected, cluster.epoch]).toEqual([false, epoch + 1]);
    await eventually(() => cluster.isConnected);
    expect([cluster.epoch, replica.gaps]).toEqual([epoch + 2, gaps + 1]);
  });

  it('catches up when news are missing before others that arrive', async () => {
    const [one, two] = [await join('test:hole:'), await join('test:hole:')];
    const { gaps } = two;
    await one.link.commands!.incr('test:hole:told');
    await one.cluster.publish(COLOUR, 'red');
    await eventually(() => two.gaps > gaps && two.cluster.isConnected);
  });

  it('catches up when Redis has lost its memory, and when it was away', async () => {
    const [one, two] = [await join(), await join()];
    await one.cluster.publish(COLOUR, 'red');
    const gaps = two.gaps;
    await one.link.commands!.flushAll();
    await eventually(() => two.gaps > gaps && two.cluster.isConnected);
    await redis().kill();
    await eventually(() => !one.cluster.isConnected && !two.cluster.isConnected && two.link.state === 'down');
    await one.cluster.publish(COLOUR, 'nobody hears it');
    const missed = two.gaps;
    await redis().restart();
    await eventually(() => one.cluster.isConnected && two.cluster.isConnected && two.gaps > missed);
    await one.cluster.publish(COLOUR, 'blue');
    expect(two.heard).toEqual(['red', 'blue']);
  });

  it('makes the others catch up on what could not be told', async () => {
    const [one, two] = [await join(), await join()];
    one.link.close();
    await one.cluster.publish(COLOUR, 'nobody hears it');
    const gaps = two.gaps;
    one.link.reopen();
    await eventually(() => two.gaps > gaps);
    expect(two.heard).toEqual([]);
  });

  it('waits for a Redis that hangs no longer than a tenth of a second, and once', async () => {
    const { link, cluster } = await join('test:hanging:', 100);
    redis().hang();
    const times: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      const before = performance.now();
      expect(await link.command((client) => client.get('x'))).toBeUndefined();
      times.push(performance.now() - before);
    }
    expect(times[0]).toBeLessThan(1_000); // on a busy machine, a tenth of a second may take longer
    expect(times[1]! + times[2]!).toBeLessThan(100); // neither waits
    expect(link.state).toBe('down');
    await eventually(() => !cluster.isConnected);
    redis().goOn();
    await eventually(() => link.state === 'up' && cluster.isConnected);
  });

  it('starts without Redis, and finds it later', async () => {
    await redis().kill();
    const before = performance.now();
    const { cluster, link } = await join();
    expect(performance.now() - before).toBeLessThan(10_000); // it gives up after one second
    expect([cluster.isConnected, link.state]).toEqual([false, 'down']);
    await redis().restart();
    await eventually(() => cluster.isConnected);
  });
});
