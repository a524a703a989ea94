import { expect, it } from '@jest/globals';
import { Lanes } from '../../../../src/platform/async/lanes.js';

/** Works that end when they are told to. */
function works() {
  const ends: (() => void)[] = [];
  const begin = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
  return { ends, begin };
}

it('as many works as there are lanes go on at once, and no more', async () => {
  const { ends, begin } = works();
  const lanes = new Lanes(2);
  await lanes.enter(begin);
  await lanes.enter(begin);
  const third = lanes.enter(begin);
  await Promise.resolve();
  expect(ends).toHaveLength(2);
  ends[1]!();
  await third;
  expect(ends).toHaveLength(3);
  for (const end of ends) end();
  await lanes.empty();
});

it('what a work throws is told to whoever waits', async () => {
  const lanes = new Lanes(1);
  await lanes.enter(() => Promise.reject(new Error('disk')));
  await expect(lanes.enter(() => Promise.resolve())).rejects.toThrow('disk');
  await expect(lanes.empty()).rejects.toThrow('disk');
});
