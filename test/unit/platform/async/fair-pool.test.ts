import type { ClientKey } from '../../../../src/domain/client-key.js';
import { FairPool } from '../../../../src/platform/async/fair-pool.js';

const a: ClientKey = 'account a';
const b: ClientKey = 'account b';
const anonymous: ClientKey = 'address 192.0.2.1';
const another: ClientKey = 'address 192.0.2.2';

/** Takes one at a time until the client is refused; returns how many it got. */
function takeAll(pool: FairPool, client: ClientKey): number {
  for (let taken = 0; ; taken++) if (pool.take(client, 1)) return taken;
}

it.each<[string, readonly ClientKey[], readonly number[]]>([
  ['a client gets half, and the next one half of the rest', [a, b], [50, 25]],
  ['anonymous clients leave a quarter to accounts', [anonymous, another, a], [37, 19, 22]],
])('%s', (_, clients, shares) => {
  const pool = new FairPool(100);
  expect(clients.map((client) => takeAll(pool, client))).toEqual(shares);
});

it('accounts get a part, regardless of the number of anonymous clients', () => {
  const pool = new FairPool(100);
  for (let n = 0; n < 200; n++) takeAll(pool, `address 198.51.100.${n}`);
  expect(pool.take(another, 1)).toBe('full');
  expect(takeAll(pool, a)).toBe(13);
});

it('a client with its share is refused for another reason than one that finds nothing', () => {
  const pool = new FairPool(100);
  expect(pool.take(a, 51)).toBe('full');
  expect(pool.take(a, 50)).toBeUndefined();
  expect(pool.take(a, 1)).toBe('share');
  expect(pool.take(b, 25)).toBeUndefined();
});

it('a returned quantity can be used again', () => {
  const pool = new FairPool(100, 10);
  expect([takeAll(pool, a), takeAll(pool, b)]).toEqual([10, 10]);
  pool.release(a, 4);
  expect(takeAll(pool, a)).toBe(4);
  pool.release(a, 10);
  pool.release(b, 10);
  expect(pool.inUse).toBe(0);
});

it('waiting clients get a quantity when it is returned, in the order in which they began to wait', async () => {
  const pool = new FairPool(100);
  const { signal } = new AbortController();
  pool.take(a, 50);
  const got: string[] = [];
  const waiting = ['first', 'second', 'third'].map(async (name) => {
    expect(await pool.waitFor(a, 20, signal)).toBeUndefined();
    got.push(name);
  });
  pool.release(a, 50);
  await Promise.all(waiting.slice(0, 2));
  expect(got).toEqual(['first', 'second']);
  pool.release(a, 20);
  await waiting[2];
  expect(pool.inUse).toBe(40);
});

it('clients that stop waiting get nothing', async () => {
  const pool = new FairPool(100);
  const controller = new AbortController();
  pool.take(a, 50);
  const waiting = pool.waitFor(a, 1, controller.signal);
  controller.abort();
  expect(await waiting).toBe('share');
  pool.release(a, 50);
  expect(pool.inUse).toBe(0);
});
