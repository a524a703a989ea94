import { jest } from '@jest/globals';
import { SharedRateLimits } from '../../../../src/fallback/upstream/shared-rate-limits.service.js';
import type { ClusterBus, Topic, TopicHandler } from '../../../../src/platform/cluster/cluster-bus.js';
import { buildSource } from '../../../support/build-source.js';

/** Two replicas whose messages arrive at once. */
function replicas(): readonly [SharedRateLimits, SharedRateLimits] {
  const handlers: TopicHandler<unknown>[][] = [[], []];
  const busOf = (own: number): ClusterBus => ({
    isConnected: true,
    epoch: 0,
    capTtl: (ms) => ms,
    on: <T>(_: Topic<T>, handler: TopicHandler<T>) => void handlers[own]!.push(handler as TopicHandler<unknown>),
    onGap: () => undefined,
    publish: async (_, payload) => {
      const message: unknown = JSON.parse(JSON.stringify(payload));
      for (const handle of handlers[1 - own]!) await handle(message);
    },
  });
  return [new SharedRateLimits(busOf(0)), new SharedRateLimits(busOf(1))];
}

const POLICY = { 'ratelimit-policy': '"fixed window";"api";q=100;w=300' };
const source = buildSource({ key: 'db:1', hasCredentials: true });

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void jest.useRealTimers());

it('the other replicas stop their background work as soon as one learns that little is left', () => {
  const [first, second] = replicas();
  first.of('db:1').recordBudgets({ ratelimit: '"api";r=31;t=60', ...POLICY }, 'api', 'token');
  expect(second.of('db:1').currentBudgets()).toEqual([]); // not worth a message for each reply
  first.of('db:1').recordBudgets({ ratelimit: '"api";r=30;t=60', ...POLICY }, 'api', 'token');
  expect(second.backgroundHeldUntil(source, 'api')).toBe(1_060_000);
  expect(second.of('db:1').heldUntil('api', 'token')).toBeUndefined();
});

it('other budgets reach them within a second', () => {
  const [first, second] = replicas();
  for (const left of [90, 89, 88])
    first.of('db:1').recordBudgets({ ratelimit: `"api";r=${left};t=60`, ...POLICY }, 'api', 'token');
  jest.advanceTimersByTime(1_000);
  expect(second.of('db:1').currentBudgets()).toEqual([
    { bucket: 'api', credential: 'token', remaining: 88, quota: 100, resetsAt: 1_060_000 },
  ]);
});

it('a 429 to one replica holds the requests of all', () => {
  const [first, second] = replicas();
  first.of('db:1').hold({}, undefined, 'anonymous', 30);
  expect(second.of('db:1').heldUntil('api', 'anonymous')).toBe(1_030_000);
  expect(second.of('db:2').heldUntil('api', 'anonymous')).toBeUndefined();
});
