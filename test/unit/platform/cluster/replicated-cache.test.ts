import fc from 'fast-check';
import { Topic, type ClusterBus, type TopicHandler } from '../../../../src/platform/cluster/cluster-bus.js';
import { ReplicatedCache } from '../../../../src/platform/cluster/replicated-cache.js';

const CHANGED = new Topic<string>('changed');
const DISCONNECTED_TTL_MS = 50;

/** Delivers messages between replicas, except those that are disconnected. A disconnected replica notices it, as after an expired lease. */
class Network {
  readonly buses: FakeBus[] = [];

  join(): FakeBus {
    const bus = new FakeBus(this);
    this.buses.push(bus);
    return bus;
  }
}

class FakeBus implements ClusterBus {
  isConnected = true;
  epoch = 1;
  private readonly handlers: ((payload: unknown) => unknown)[] = [];
  private readonly catchUps: (() => unknown)[] = [];

  constructor(private readonly network: Network) {}

  capTtl(ms: number): number {
    return this.isConnected ? ms : Math.min(ms, DISCONNECTED_TTL_MS);
  }

  on<T>(_topic: Topic<T>, handler: TopicHandler<T>): void {
    this.handlers.push(handler as (payload: unknown) => unknown);
  }

  onGap(catchUp: () => unknown): void {
    this.catchUps.push(catchUp);
  }

  publish(_topic: unknown, payload: unknown): Promise<void> {
    if (!this.isConnected) return Promise.resolve();
    for (const bus of this.network.buses)
      if (bus !== this && bus.isConnected) for (const handler of bus.handlers) handler(payload);
    return Promise.resolve();
  }

  disconnect(): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.epoch += 1;
  }

  reconnect(): void {
    if (this.isConnected) return;
    for (const catchUp of this.catchUps) catchUp();
    this.isConnected = true;
    this.epoch += 1;
  }
}

let now = 1;
const open = (cluster: ClusterBus, maxEntries = 100) =>
  new ReplicatedCache<number>({ cluster, topic: CHANGED, maxEntries, now: () => now });

describe('ReplicatedCache', () => {
  it('returns a stored value until its TTL expires', () => {
    const cache = open(new Network().join());
    cache.fill((fill) => fill.store('a', 1, { ttlMs: 1_000 }));
    expect(cache.get('a')).toBe(1);
    now += 1_001;
    expect(cache.get('a')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('stores nothing with a TTL of 0, and forever with a TTL of Infinity', () => {
    const cache = open(new Network().join());
    cache.fill((fill) => fill.store('a', 1, { ttlMs: 0 }));
    cache.fill((fill) => fill.store('b', 2, { ttlMs: Infinity }));
    now += 1e9;
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, 2]);
  });

  it('drops values read before an invalidation on this or another replica', async () => {
    const network = new Network();
    const [local, remote] = [open(network.join()), open(network.join())];
    for (const invalidated of [local, remote]) {
      await local.fill(async (fill) => {
        expect(fill.isCurrent).toBe(true);
        await invalidated.invalidate('other');
        expect(fill.isCurrent).toBe(false);
        fill.store('a', 1, { ttlMs: 1_000 });
      });
      expect(local.get('a')).toBeUndefined();
    }
  });

  it('drops only the entries that an invalidation concerns', async () => {
    const cluster = new Network().join();
    const concerns = (min: number) => (_: string, value: number) => value >= min;
    const cache = new ReplicatedCache<number, number>({ cluster, maxEntries: 10, concerns });
    cache.fill((fill) => {
      for (const value of [1, 2, 3]) fill.store(`${value}`, value, { ttlMs: 1_000 });
    });
    expect(cache.invalidateLocally(2)).toBe(2);
    expect(['1', '2', '3'].map((key) => cache.get(key))).toEqual([1, undefined, undefined]);
  });

  it('drops everything when messages may have been missed', () => {
    const bus = new Network().join();
    const cache = open(bus);
    cache.fill((fill) => {
      fill.store('a', 1, { ttlMs: 1_000 });
      bus.disconnect();
      fill.store('b', 2, { ttlMs: 1_000 });
    });
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, undefined]);
  });

  /** A step of one of three replicas on one of two keys. */
  const step = fc.record({
    replica: fc.nat(2),
    key: fc.constantFrom('a', 'b'),
    action: fc.constantFrom('change', 'begin', 'finish', 'finish', 'read', 'read', 'disconnect', 'reconnect', 'wait'),
  });

  it('returns no value older than the last published change; disconnected replicas return one for at most their TTL', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 60 }), async (steps) => {
        const network = new Network();
        const replicas = [0, 1, 2].map(() => network.join()).map((bus) => ({ bus, cache: open(bus) }));
        const truth: Record<string, { value: number }> = { a: { value: 0 }, b: { value: 0 } };
        const started: ((() => void) | undefined)[] = [];
        const storedAt: Record<string, number> = {};
        for (const { replica, key, action } of steps) {
          const { bus, cache } = replicas[replica]!;
          const current = truth[key]!;
          if (action === 'disconnect') bus.disconnect();
          else if (action === 'reconnect') bus.reconnect();
          else if (action === 'wait') now += 30;
          else if (action === 'change' && bus.isConnected) {
            current.value += 1;
            await cache.invalidate(key);
          } else if (action === 'begin') {
            const { value } = current;
            cache.fill((fill) => {
              started[replica] = () => {
                fill.store(key, value, { ttlMs: 10_000 });
                storedAt[`${replica}${key}`] = now;
              };
            });
          } else if (action === 'finish') {
            started[replica]?.();
            started[replica] = undefined;
          } else if (action === 'read') {
            const value = cache.get(key);
            if (value === undefined || value === current.value) continue;
            expect(bus.isConnected).toBe(false);
            expect(now - storedAt[`${replica}${key}`]!).toBeLessThanOrEqual(DISCONNECTED_TTL_MS);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
