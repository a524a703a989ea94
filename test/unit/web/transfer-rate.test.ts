import { expect, it } from '@jest/globals';
import { TransferRate } from '../../../web/src/api/upload/transfer-rate.js';

const rateOf = (samples: readonly [bytes: number, at: number][], total = 1000) => {
  const measured = new TransferRate();
  for (const [bytes, at] of samples) measured.add(bytes, at);
  return measured.rate(total);
};

it.each<[string, [number, number][], unknown]>([
  [
    'is unknown in the first second',
    [
      [0, 0],
      [100, 500],
    ],
    undefined,
  ],
  [
    'is the average',
    [
      [0, 0],
      [100, 500],
      [200, 1000],
    ],
    { bytesPerSecond: 200, secondsLeft: 4 },
  ],
  [
    'follows the last ten seconds',
    [
      [0, 0],
      [10, 5000],
      [20, 10_000],
      [120, 15_000],
    ],
    { bytesPerSecond: 11, secondsLeft: 80 },
  ],
  [
    'begins again when a part is sent again',
    [
      [500, 0],
      [600, 1000],
      [550, 1500],
      [650, 2500],
    ],
    { bytesPerSecond: 100, secondsLeft: 4 },
  ],
  [
    'has no end while nothing is transferred',
    [
      [100, 0],
      [100, 2000],
    ],
    { bytesPerSecond: 0, secondsLeft: undefined },
  ],
])('the speed %s', (_, samples, expected) => {
  expect(rateOf(samples)).toEqual(expected);
});
