import { Logger } from '@nestjs/common';
import { afterEach, expect, it } from '@jest/globals';
import { Topic } from '../../../src/platform/fleet/fleet.js';
import { LEASE_MS, RedisFleet } from '../../../src/platform/fleet/redis-fleet.js';
import { RedisLink } from '../../../src/platform/fleet/redis-link.js';
import { eventually } from '../../support/eventually.js';
import { describeWithRedis } from '../../support/redis.js';

Logger.overrideLogger(false);

const COLOUR = new Topic<string>('colour');

/** A replica that remembers what it was told. */
interface Replica {
  readonly fleet: RedisFleet;
  readonly link: RedisLink;
  readonly heard: string[];
  gaps: number;
  /** What it waits for before it confirms. */
  slow: Promise<void>;
  /** Its clock runs ahead by so much. */
  ahead: number;
}

describeWithRedis('a fleet', (redis) => {
  const replicas: Replica[] = [];
  let hubs = 0;

  async function join(hub = `test:${hubs}:`, patienceMs = 2_000): Promise<Replica> {
    const link = await RedisLink.to(redis().url, patienceMs);
    const replica: Partial<Replica> = { link, heard: [], gaps: 0, slow: Promise.resolve(), ahead: 0 };
    const joined = replica as Replica;
    const fleet = new RedisFleet(link, hub, () => performance.now() + joined.ahead);
    fleet.on(COLOUR, async (colour) => {
      await joined.slow;
      joined.heard.push(colour);
    });
    fleet.onGap(() => void (joined.gaps += 1));
    replicas.push(Object.assign(joined, { fleet }));
    await fleet.onApplicationBootstrap();
    return joined;
  }

  afterEach(async () => {
    hubs += 1;
    await Promise.all(replicas.splice(0).map(({ fleet }) => fleet.onApplicationShutdown()));
  });

  it('has heard when telling is over, and hears nothing of other hubs', async () => {
    const [teller, ...others] = [await join(), await join(), await join()];
    const stranger = await join('another:');
    for (const colour of ['red', 'green', 'blue']) {
      await teller.fleet.tell(COLOUR, colour);
      expect(others.map(({ heard }) => heard.at(-1))).toEqual([colour, colour]);
    }
    expect([teller.heard, stranger.heard]).toEqual([[], []]);
    expect(others[0]!.heard).toEqual(['red', 'green', 'blue']);
  });

  it('is told by many at once', async () => {
    const all = [await join(), await join(), await join()];
    const colours = Array.from({ length: 30 }, (_, n) => `colour ${n}`);
    await Promise.all(colours.map((colour, n) => all[n % 3]!.fleet.tell(COLOUR, colour)));
    all.forEach(({ heard, fleet }, at) => {
      expect([...heard].sort()).toEqual(colours.filter((_, n) => n % 3 !== at).sort());
      expect(fleet.inTouch).toBe(true);
    });
  });

  it('does not wait for one that does not confirm longer than that one believes itself', async () => {
    const [teller, stuck] = [await join(), await join()];
    stuck.slow = new Promise(() => undefined);
    const before = performance.now();
    await teller.fleet.tell(COLOUR, 'red');
    expect(performance.now() - before).toBeGreaterThanOrEqual(LEASE_MS - 5);
    expect([teller.fleet.inTouch, stuck.fleet.inTouch]).toEqual([true, false]);
  });

  it('does not wait for one that has left', async () => {
    const [teller, leaver] = [await join(), await join()];
    await leaver.fleet.onApplicationShutdown();
    const before = performance.now();
    await teller.fleet.tell(COLOUR, 'red');
    expect(performance.now() - before).toBeLessThan(LEASE_MS / 2);
  });

  it('finds touch again after a pause, and is another period then', async () => {
    const replica = await join();
    const { fleet, gaps } = replica;
    const { period } = fleet;
    replica.ahead += LEASE_MS;
    expect([fleet.inTouch, fleet.period]).toEqual([false, period + 1]);
    await eventually(() => fleet.inTouch);
    expect([fleet.period, replica.gaps]).toEqual([period + 2, gaps + 1]);
  });

  it('catches up when news are missing before others that arrive', async () => {
    const [one, two] = [await join('test:hole:'), await join('test:hole:')];
    const { gaps } = two;
    await one.link.commands!.incr('test:hole:told');
    await one.fleet.tell(COLOUR, 'red');
    await eventually(() => two.gaps > gaps && two.fleet.inTouch);
  });

  it('catches up when Redis has lost its memory, and when it was away', async () => {
    const [one, two] = [await join(), await join()];
    await one.fleet.tell(COLOUR, 'red');
    const gaps = two.gaps;
    await one.link.commands!.flushAll();
    await eventually(() => two.gaps > gaps && two.fleet.inTouch);
    await redis().kill();
    await eventually(() => !one.fleet.inTouch && !two.fleet.inTouch && two.link.state === 'down');
    await one.fleet.tell(COLOUR, 'nobody hears it');
    const missed = two.gaps;
    await redis().restart();
    await eventually(() => one.fleet.inTouch && two.fleet.inTouch && two.gaps > missed);
    await one.fleet.tell(COLOUR, 'blue');
    expect(two.heard).toEqual(['red', 'blue']);
  });

  it('makes the others catch up on what could not be told', async () => {
    const [one, two] = [await join(), await join()];
    one.link.close();
    await one.fleet.tell(COLOUR, 'nobody hears it');
    const gaps = two.gaps;
    one.link.reopen();
    await eventually(() => two.gaps > gaps);
    expect(two.heard).toEqual([]);
  });

  it('waits for a Redis that hangs no longer than a tenth of a second, and once', async () => {
    const { link, fleet } = await join('test:hanging:', 100);
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
    await eventually(() => !fleet.inTouch);
    redis().goOn();
    await eventually(() => link.state === 'up' && fleet.inTouch);
  });

  it('starts without Redis, and finds it later', async () => {
    await redis().kill();
    const before = performance.now();
    const { fleet, link } = await join();
    expect(performance.now() - before).toBeLessThan(10_000); // it gives up after one second
    expect([fleet.inTouch, link.state]).toEqual([false, 'down']);
    await redis().restart();
    await eventually(() => fleet.inTouch);
  });
});
