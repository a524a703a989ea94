import { ConnectionSlots, type ReleaseSlot } from '../../../../src/fallback/upstream/connection-slots.js';

const never = new AbortController().signal;
const TIMEOUT = 600_000;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Slots, and who has got one in which order. */
function newSlots(capacity: number) {
  const slots = new ConnectionSlots(capacity);
  const granted: string[] = [];
  const releases: ReleaseSlot[] = [];
  const refused: string[] = [];
  const acquire = async (client: string, { signal = never, waitMs = TIMEOUT } = {}): Promise<void> => {
    const release = await slots.acquire({
      shares: client.split('+'),
      isAnonymous: client.startsWith('anonymous'),
      signal,
      waitMs,
    });
    if (release) {
      granted.push(client);
      releases.push(release);
    } else refused.push(client);
  };
  const countOf = (client: string): number => granted.filter((name) => name === client).length;
  return { slots, granted, releases, refused, acquire, countOf };
}

it('a client gets half of the slots, and others get a part of the rest', async () => {
  const { acquire, countOf, slots } = newSlots(100);
  const controllers: AbortController[] = [];
  for (const client of ['a', 'b', 'c'])
    for (let n = 0; n < 60; n++) {
      const controller = new AbortController();
      controllers.push(controller);
      void acquire(client, { signal: controller.signal });
    }
  await settled();
  expect(['a', 'b', 'c'].map(countOf)).toEqual([50, 25, 13]);
  for (const controller of controllers) controller.abort();
  await settled();
  expect(slots.isIdle).toBe(false);
});

it('anonymous clients leave a quarter of the slots to accounts', async () => {
  const { acquire, countOf } = newSlots(100);
  for (let n = 0; n < 100; n++) void acquire(`anonymous ${n}`);
  for (let n = 0; n < 20; n++) void acquire('account');
  await settled();
  expect([...Array.from({ length: 76 }, (_, n) => countOf(`anonymous ${n}`))].filter(Boolean)).toHaveLength(75);
  expect(countOf('account')).toBe(13);
});

it('a repository is limited like a client', async () => {
  const { acquire, granted } = newSlots(8);
  const controller = new AbortController();
  for (let n = 0; n < 8; n++) void acquire(`client-${n}+broken`, { signal: controller.signal });
  void acquire('client-9+other', { signal: controller.signal });
  await settled();
  expect(granted).toEqual([
    'client-0+broken',
    'client-1+broken',
    'client-2+broken',
    'client-3+broken',
    'client-9+other',
  ]);
  controller.abort();
});

it('a free slot is given to the client that uses the fewest, then to the one that waits longest', async () => {
  const { acquire, granted, releases } = newSlots(4);
  for (const client of ['a', 'a', 'b', 'c', 'a', 'b', 'd', 'e']) void acquire(client);
  await settled();
  expect(granted).toEqual(['a', 'a', 'b', 'c']);
  releases[0]!();
  releases[0]!(); // has no effect
  await settled();
  expect(granted.slice(4)).toEqual(['d']);
  releases[4]!();
  await settled();
  expect(granted.slice(5)).toEqual(['e']);
  for (const release of releases) release();
  await settled();
  expect(granted.slice(6).sort()).toEqual(['a', 'b']);
});

it('a request gives up when its time is over or its caller disconnects, and at once if many wait', async () => {
  const { acquire, refused, slots, releases } = newSlots(2);
  await acquire('a');
  await acquire('a', { waitMs: 0 });
  await acquire('a', { signal: AbortSignal.abort() });
  const controller = new AbortController();
  const waiting = [acquire('a', { signal: controller.signal }), acquire('a', { signal: controller.signal })];
  await acquire('a');
  expect(refused).toEqual(['a', 'a', 'a']);
  controller.abort();
  await Promise.all(waiting);
  expect(refused).toHaveLength(5);
  releases[0]!();
  expect(slots.isIdle).toBe(true);
});
