import { expect, it } from '@jest/globals';
import { ConcurrencyLimiter } from '../../../../src/platform/async/concurrency-limiter.js';

/** Tasks that end when the test calls their `ends` entry. */
function newTasks() {
  const ends: (() => void)[] = [];
  const begin = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
  return { ends, begin };
}

it('runs at most the given number of tasks at once', async () => {
  const { ends, begin } = newTasks();
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

it('rejects waiting calls with the error of a failed task', async () => {
  const limiter = new ConcurrencyLimiter(1);
  await limiter.start(() => Promise.reject(new Error('disk')));
  await expect(limiter.start(() => Promise.resolve())).rejects.toThrow('disk');
  await expect(limiter.drain()).rejects.toThrow('disk');
});
