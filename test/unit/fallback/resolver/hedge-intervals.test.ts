import type { Source } from '../../../../src/domain/source.js';
import { HedgeIntervals } from '../../../../src/fallback/resolver/hedge-intervals.service.js';
import { MissRate } from '../../../../src/fallback/resolver/miss-rate.js';
import type { Step } from '../../../../src/fallback/resolver/walk-chain.js';
import type { UpstreamClient } from '../../../../src/fallback/upstream/upstream-client.js';
import { buildHubConfig } from '../../../support/build-hub-config.js';
import { buildSource } from '../../../support/build-source.js';

const source: Source = buildSource({ key: 'db:1' });
const found: Step = { verdict: 'serve', category: 'ok' };
const missing: Step = { verdict: 'next', category: 'not-found' };
const down: Step = { verdict: 'next', category: 'server' };

function newIntervals(hedgeMs: number, expected?: number): HedgeIntervals {
  const upstream = { expectedMaximumMs: () => expected } as unknown as UpstreamClient;
  return new HedgeIntervals(buildHubConfig({ hedgeMs }), () => 0, upstream);
}

it.each([
  [250, undefined, 250],
  [250, 20, 50],
  [250, 120, 120],
  [250, 4000, 250],
  [10, undefined, 10],
  [10, 20, 10],
])('with at most %d ms and an expected maximum of %s ms, waits %d ms', (hedgeMs, expected, interval) => {
  for (const isHedged of [false, true])
    expect(newIntervals(hedgeMs, expected).intervalFor(source, isHedged)).toBe(interval);
});

it.each<[string, Step[], number, number]>([
  ['three misses', [missing, missing, missing], 120, 120],
  ['four misses', [missing, missing, missing, missing], 30, 0],
  ['a reply after four misses', [missing, missing, missing, missing, found], 120, 120],
  ['failures', [down, down, down, down, down], 120, 120],
])('after %s waits as long as for other sources, or not long', (_, steps, first, hedged) => {
  const intervals = newIntervals(250, 120);
  for (const step of steps) intervals.record([source], [step]);
  expect([intervals.intervalFor(source, false), intervals.intervalFor(source, true)]).toEqual([first, hedged]);
});

it('misses count half after ten minutes', () => {
  const clock = { now: 0 };
  const rate = new MissRate(() => clock.now);
  for (let n = 0; n < 30; n++) rate.record(true);
  expect(rate.current).toBeGreaterThan(0.99);
  clock.now = 600_000;
  expect(rate.current).toBeCloseTo(0.5, 2);
});
