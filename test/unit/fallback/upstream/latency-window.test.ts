import { LatencyWindow } from '../../../../src/fallback/upstream/latency-window.js';

const clock = { now: 0 };
const windowOf = (latencies: readonly number[]): LatencyWindow => {
  const window = new LatencyWindow(() => clock.now);
  for (const ms of latencies) window.record(ms);
  return window;
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

it.each([
  [[], null, null],
  [[7], 7, 7],
  [upTo(8).reverse(), 4, 8],
  [upTo(100), 50, 95],
  [upTo(512), 384, 500],
])('percentiles of the last 256 latencies (%#)', (latencies, p50, p95) => {
  const window = windowOf(latencies);
  expect([window.percentile(0.5), window.percentile(0.95)]).toEqual([p50, p95]);
});

it('the expected maximum is known after eight answers, and unknown again after ten minutes', () => {
  expect(windowOf(upTo(7)).expectedMaximum).toBeUndefined();
  const window = windowOf(upTo(8));
  expect(window.expectedMaximum).toBe(8);
  clock.now += 10 * 60_000;
  expect(window.expectedMaximum).toBe(8);
  clock.now += 1;
  expect([window.expectedMaximum, window.percentile(0.5)]).toEqual([undefined, null]);
});
