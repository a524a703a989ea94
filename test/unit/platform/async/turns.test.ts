import { expect, it } from '@jest/globals';
import { Turns } from '../../../../src/platform/async/turns.js';

it('work on one thing is done one after another, in order, whatever becomes of it', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const work = (name: string, fails = false) =>
    turns.take('branch', async () => {
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

it('work on different things does not wait', async () => {
  const turns = new Turns();
  let release = (): void => {};
  const blocked = turns.take('a', () => new Promise<void>((resolve) => (release = resolve)));
  await expect(turns.take('b', () => Promise.resolve('done'))).resolves.toBe('done');
  release();
  await blocked;
});
