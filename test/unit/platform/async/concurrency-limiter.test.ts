import { expect, it } from '@jest/globals';
import { ConcurrencyLimiter } from '../../../../src/platform/async/concurrency-limiter.js';

/** Works that end when they are told to. */
function works() {
  const ends: (() => void)[] = [];
  const begin = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
  return { ends, begin };
}

it('as many works as there are limiter go on at once, and no more', async () => {
  const { ends, begin } = works();
  const limiter = new ConcurrencyLimiter(2);
  await limiter.start(begin);
  await limiter.start(begin);
  const third = limiter.start(begin);
  await Promise.resolve();
  expect(ends).toHaveLength(2);
  ends[1]!();
  await third;
  expect(ends).toHaveLength(3);
  for (const end of ends) end();
  await limiter.drain();
});

it('what a work throws is told to whoever waits', async () => {
  const limiter = new ConcurrencyLimiter(1);
  await limiter.start(() => Promise.reject(new Error('disk')));
  await expect(limiter.start(() => Promise.resolve())).rejects.toThrow('disk');
  await expect(limiter.drain()).rejects.toThrow('disk');
});
