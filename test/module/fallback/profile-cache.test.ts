import { ProfileCache } from '../../../src/fallback/cache/profile-cache.service.js';
import { HubError } from '../../../src/domain/hub-error.js';
import { LocalClusterBus } from '../../../src/platform/cluster/local-cluster-bus.js';
import { buildHubConfig } from '../../support/build-hub-config.js';

let now = 1;
const newCache = (fallback: Parameters<typeof buildHubConfig>[0] = {}): ProfileCache =>
  new ProfileCache(buildHubConfig(fallback), new LocalClusterBus(), () => now);
const put = (cache: ProfileCache, key: string, bytes = 10): void =>
  cache.fill((store) => store(key, { key }, { bytes }));

it('returns what was stored, and throws negative entries', () => {
  const cache = newCache();
  const notFound = new HubError('NotFound', 'nobody');
  put(cache, 'a');
  cache.fill((store) => store('b', notFound, { bytes: 0 }));
  expect(cache.get('a')).toEqual({ key: 'a' });
  expect(() => cache.get('b')).toThrow(notFound);
  expect(cache.get('c')).toBeUndefined();
});

it('discards results that were requested before it was cleared', () => {
  const cache = newCache();
  cache.fill((store) => {
    put(cache, 'a');
    cache.clear();
    store('b', {}, { bytes: 1 });
  });
  expect([cache.get('a'), cache.get('b'), cache.size()]).toEqual([undefined, undefined, { answers: 0, bytes: 0 }]);
});

it('is limited by count and by bytes', () => {
  const few = newCache({ cacheMaxSize: 2 });
  for (const key of ['a', 'b', 'c']) put(few, key);
  expect([few.get('a'), few.size().answers]).toEqual([undefined, 2]);
  const cache = newCache();
  for (let n = 0; n < 100; n++) put(cache, `${n}`, 1024 * 1024);
  expect(cache.size().bytes).toBeLessThanOrEqual(32 * 1024 * 1024);
  expect(cache.get('99')).toEqual({ key: '99' });
  put(cache, 'huge', 3 * 1024 * 1024);
  expect(cache.get('huge')).toBeUndefined();
});

it.each([
  ['a response', {}, {}, 'cacheTtlSeconds'],
  ['a negative entry', new HubError('NotFound', 'nobody'), {}, 'negativeTtlSeconds'],
] as const)('does not store %s if its TTL is 0', (_, value, facts, ttl) => {
  const cache = newCache({ [ttl]: 0 });
  cache.fill((store) => store('a', value, { bytes: 1, ...facts }));
  expect(cache.get('a')).toBeUndefined();
});

it('has a shorter TTL for negative entries, and 30 seconds for results after a failure', () => {
  const cache = newCache();
  cache.fill((store) => {
    store('sure', {}, { bytes: 1 });
    store('inconclusive', {}, { bytes: 1, isInconclusive: true });
    store('denied', new HubError('NotFound', 'nobody'), { bytes: 1 });
  });
  const isCached = (key: string): boolean => {
    try {
      return cache.get(key) !== undefined;
    } catch {
      return true;
    }
  };
  const all = (): boolean[] => ['sure', 'inconclusive', 'denied'].map(isCached);
  expect(all()).toEqual([true, true, true]);
  now += 16_000;
  expect(all()).toEqual([true, true, false]);
  now += 15_000;
  expect(all()).toEqual([true, false, false]);
  now += 270_000;
  expect(all()).toEqual([false, false, false]);
});
