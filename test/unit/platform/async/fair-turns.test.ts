import type { ClientKey } from '../../../../src/domain/client-key.js';
import { FairTurns, type Turn } from '../../../../src/platform/async/fair-turns.js';

const a: ClientKey = 'account a';
const b: ClientKey = 'account b';
const anonymous: ClientKey = 'address 192.0.2.1';

/** Starts a task that records when it begins. */
function start(turns: FairTurns, client: ClientKey, started: string[], name: string = client): Turn {
  const turn = turns.turnOf(client);
  const waiting = turn.resume();
  if (waiting) void waiting.then(() => started.push(name));
  else started.push(name);
  return turn;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('clients take turns, regardless of how many tasks each has', async () => {
  const turns = new FairTurns({ slots: 1 });
  const started: string[] = [];
  const tasks = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => start(turns, name.startsWith('a') ? a : b, started, name));
  for (let n = 0; n < tasks.length; n += 1) {
    tasks.find((_, index) => started.at(-1) === ['a1', 'a2', 'a3', 'b1', 'b2'][index])!.pause();
    await settled();
  }
  expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'b2']);
});

it('a task that continues waits like a new one', async () => {
  const turns = new FairTurns({ slots: 1 });
  const started: string[] = [];
  const first = start(turns, a, started);
  start(turns, b, started);
  first.pause();
  const resumed = first.resume();
  expect(resumed).toBeInstanceOf(Promise);
  await settled();
  expect([started, turns.waiting]).toEqual([[a, b], 1]);
});

it('a task that ends while it waits leaves the queue', async () => {
  const turns = new FairTurns({ slots: 1 });
  const started: string[] = [];
  const first = start(turns, a, started);
  start(turns, b, started, 'gone').pause();
  start(turns, b, started, 'next');
  expect(turns.waiting).toBe(1);
  first.pause();
  await settled();
  expect(started.at(-1)).toBe('next');
});

it('anonymous clients leave a slot to accounts', () => {
  const turns = new FairTurns({ slots: 4, reserved: 1 });
  const started: string[] = [];
  for (let n = 0; n < 5; n += 1) start(turns, anonymous, started);
  start(turns, a, started);
  expect(started).toEqual([anonymous, anonymous, anonymous, a]);
});

it('accounts have two thirds of the turns, however many anonymous clients wait', async () => {
  const turns = new FairTurns({ slots: 1 });
  const started: string[] = [];
  const tasks = new Map<string, Turn>();
  for (let n = 0; n < 8; n += 1) {
    const client: ClientKey = n % 2 === 0 ? a : `address 192.0.2.${n}`;
    tasks.set(`${n} ${client}`, start(turns, client, started, `${n} ${client}`));
  }
  for (let n = 0; n < 6; n += 1) {
    tasks.get(started.at(-1)!)!.pause();
    await settled();
  }
  expect(started.map((name) => name.includes('account'))).toEqual([true, true, true, false, true, false, false]);
});

it('steps are limited in each iteration of the event loop, for each client', async () => {
  const turns = new FairTurns({ slots: 2, perIteration: true });
  const started: string[] = [];
  for (const client of [a, a, a, a, b]) {
    const waiting = turns.step(client);
    if (waiting) void waiting.then(() => started.push(client));
    else started.push(client);
  }
  expect(started).toEqual([a, a]);
  await settled();
  expect(started).toEqual([a, a, a, b]);
});

it('a turn that takes too long does not stop others', async () => {
  const turns = new FairTurns({ slots: 1, maxMs: 1 });
  const started: string[] = [];
  start(turns, a, started);
  await start(turns, b, started).resume();
  while (started.length < 2) await settled();
  expect(started).toEqual([a, b]);
});

it('runs a task in a turn, which ends with an error as well', async () => {
  const turns = new FairTurns({ slots: 1 });
  await expect(turns.run(a, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await turns.run(b, () => Promise.resolve('done'))).toBe('done');
});
