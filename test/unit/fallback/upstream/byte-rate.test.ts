import { buffer } from 'node:stream/consumers';
import { PassThrough, Readable } from 'node:stream';
import { ByteRate, GRANTS_PER_SECOND } from '../../../../src/fallback/upstream/byte-rate.js';

const GRANT = 1000;
const people = {};
const background = { isBackground: () => true };

/** A rate of 1000 bytes per grant, whose grants the test gives. */
function newRate() {
  const state = { asked: 0, give: [] as (() => void)[] };
  const rate = new ByteRate(GRANT * GRANTS_PER_SECOND, () => {
    state.asked += 1;
    return new Promise((resolve) => state.give.push(() => resolve(0)));
  });
  const grant = async (): Promise<void> => {
    while (state.give.length === 0) await new Promise(setImmediate);
    state.give.shift()!();
    for (let n = 0; n < 5; n++) await new Promise(setImmediate);
  };
  return { rate, state, grant };
}

const chunks = (count: number): Readable => Readable.from(Array.from({ length: count }, () => Buffer.alloc(GRANT)));

it('passes on as many bytes as it has grants for, with all of the content', async () => {
  const content = Buffer.from(Array.from({ length: 5 * GRANT }, (_, n) => n % 251));
  let grants = 0;
  const rate = new ByteRate(GRANT * GRANTS_PER_SECOND, () => {
    grants += 1;
    return Promise.resolve(0);
  });
  const pieces = Array.from({ length: 10 }, (_, n) => content.subarray(n * 500, (n + 1) * 500));
  expect(await buffer(rate.limit(Readable.from(pieces), people))).toEqual(content);
  expect(grants).toBe(5);
});

it('waits for several grants after a piece that is larger than a grant', async () => {
  let grants = 0;
  const rate = new ByteRate(GRANT * GRANTS_PER_SECOND, () => {
    grants += 1;
    return Promise.resolve(0);
  });
  const pieces = [1, 2, 3].map(() => Buffer.alloc(4 * GRANT));
  await buffer(rate.limit(Readable.from(pieces), people));
  expect(grants).toBe(9); // the first piece needs one, since it begins to arrive with the first grant
});

it('serves streams that people wait for first, also if they begin to wait later', async () => {
  const { rate, grant } = newRate();
  let isAwaited = false;
  const received: string[] = [];
  const read = (name: string, stream: Readable) => stream.on('data', () => received.push(name));
  read('background', rate.limit(chunks(3), background));
  read('joined', rate.limit(chunks(2), { isBackground: () => !isAwaited }));
  read('people', rate.limit(chunks(2), people));
  await grant();
  await grant();
  expect(received.slice(0, 2)).toContain('people');
  isAwaited = true;
  for (let n = 0; n < 5; n++) await grant();
  expect(received.toSorted()).toEqual([
    'background',
    'background',
    'background',
    'joined',
    'joined',
    'people',
    'people',
  ]);
  expect(received.slice(-2)).toEqual(['background', 'background']);
});

it('ends both streams when one ends early', async () => {
  const { rate } = newRate();
  const [first, second] = [new PassThrough(), new PassThrough()];
  const closed = new Promise((resolve) => first.once('close', resolve));
  rate
    .limit(first, people)
    .on('error', () => undefined)
    .destroy();
  await closed;
  const limited = rate.limit(second, people);
  const failed = new Promise((resolve) => limited.once('error', resolve));
  second.destroy(new Error('lost'));
  expect(await failed).toMatchObject({ message: 'lost' });
});
