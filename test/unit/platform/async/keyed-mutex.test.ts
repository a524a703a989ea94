import { expect, it } from '@jest/globals';
import { KeyedMutex } from '../../../../src/platform/async/keyed-mutex.js';

it('runs tasks with the same key one after another, in order, even if one fails', async () => {
  const mutex = new KeyedMutex();
  const log: string[] = [];
  const work = (name: string, fails = false) =>
    mutex.runExclusive('branch', async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const all = await Promise.allSettled([work('a'), work('b', true), work('c')]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('does not block tasks with different keys', async () => {
  const mutex = new KeyedMutex();
  let release = (): void => {};
  const blocked = mutex.runExclusive('a', () => new Promise<void>((resolve) => (release = resolve)));
  await expect(mutex.runExclusive('b', () => Promise.resolve('done'))).resolves.toBe('done');
  release();
  await blocked;
});
