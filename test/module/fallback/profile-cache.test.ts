import { ProfileCache } from '../../../src/fallback/cache/profile-cache.service.js';
import { HubError } from '../../../src/domain/hub-error.js';
import { LocalClusterBus } from '../../../src/platform/cluster/local-cluster-bus.js';
import { buildHubConfig } from '../../support/build-hub-config.js';

let now = 1;
const memoryOf = (fallback: Parameters<typeof buildHubConfig>[0] = {}): ProfileCache =>
  new ProfileCache(buildHubConfig(fallback), new LocalClusterBus(), () => now);
const keep = (memory: ProfileCache, key: string, bytes = 10): void =>
  memory.fill((store) => store(key, { key }, { bytes }));

it('gives back what it was given, and a denial as an error', () => {
  const memory = memoryOf();
  const denial = new HubError('NotFound', 'nobody');
  keep(memory, 'a');
  memory.fill((store) => store('b', denial, { bytes: 0 }));
  expect(memory.get('a')).toEqual({ key: 'a' });
  expect(() => memory.get('b')).toThrow(denial);
  expect(memory.get('c')).toBeUndefined();
});

it('forgets all at once, and takes nothing in that was found out before', () => {
  const memory = memoryOf();
  memory.fill((store) => {
    keep(memory, 'a');
    memory.clear();
    store('b', {}, { bytes: 1 });
  });
  expect([memory.get('a'), memory.get('b'), memory.size()]).toEqual([undefined, undefined, { answers: 0, bytes: 0 }]);
});

it('is bounded by number and by bytes', () => {
  const few = memoryOf({ cacheMaxSize: 2 });
  for (const key of ['a', 'b', 'c']) keep(few, key);
  expect([few.get('a'), few.size().answers]).toEqual([undefined, 2]);
  const memory = memoryOf();
  for (let n = 0; n < 100; n++) keep(memory, `${n}`, 1024 * 1024);
  expect(memory.size().bytes).toBeLessThanOrEqual(32 * 1024 * 1024);
  expect(memory.get('99')).toEqual({ key: '99' });
  keep(memory, 'huge', 3 * 1024 * 1024);
  expect(memory.get('huge')).toBeUndefined();
});

it.each([
  ['an answer', {}, {}, 'cacheTtlSeconds'],
  ['a denial', new HubError('NotFound', 'nobody'), {}, 'negativeTtlSeconds'],
] as const)('keeps %s for no time when it has none', (_, answer, facts, ttl) => {
  const memory = memoryOf({ [ttl]: 0 });
  memory.fill((store) => store('a', answer, { bytes: 1, ...facts }));
  expect(memory.get('a')).toBeUndefined();
});

it('keeps an answer as long as a binding, a denial shorter, and what is doubtful half a minute', () => {
  const memory = memoryOf();
  memory.fill((store) => {
    store('sure', {}, { bytes: 1 });
    store('doubtful', {}, { bytes: 1, doubtful: true });
    store('denied', new HubError('NotFound', 'nobody'), { bytes: 1 });
  });
  const known = (key: string): boolean => {
    try {
      return memory.get(key) !== undefined;
    } catch {
      return true;
    }
  };
  const all = (): boolean[] => ['sure', 'doubtful', 'denied'].map(known);
  expect(all()).toEqual([true, true, true]);
  now += 16_000;
  expect(all()).toEqual([true, true, false]);
  now += 15_000;
  expect(all()).toEqual([true, false, false]);
  now += 270_000;
  expect(all()).toEqual([false, false, false]);
});
