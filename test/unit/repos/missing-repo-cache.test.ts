import { expect, it } from '@jest/globals';
import { LocalClusterBus } from '../../../src/platform/cluster/local-cluster-bus.js';
import { MissingRepoCache } from '../../../src/repos/store/missing-repo-cache.store.js';

const outage = (): Promise<never> => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
const missing = (): Promise<undefined> => Promise.resolve(undefined);

function stage() {
  const clock = { now: 0 };
  return { clock, cache: new MissingRepoCache(1000, new LocalClusterBus(), () => clock.now) };
}

it('still knows a missing repository while the database is unavailable', async () => {
  const { clock, cache } = stage();
  await cache.lookUp('a/b', missing);
  clock.now = 60_000;
  await expect(cache.lookUp('a/b', outage)).resolves.toBeUndefined();
  await expect(cache.lookUp('a/b', () => Promise.resolve('found'))).resolves.toBe('found');
  await expect(cache.lookUp('a/b', outage)).rejects.toThrow('refused');
});

it.each([
  ['was never looked up', async () => undefined],
  ['may have been created', (cache: MissingRepoCache) => cache.delete('a/b')],
])('reports the outage if the repository %s', async (_case, change) => {
  const { clock, cache } = stage();
  await cache.lookUp(_case === 'was never looked up' ? 'other/b' : 'a/b', missing);
  await change(cache);
  clock.now = 60_000;
  await expect(cache.lookUp('a/b', outage)).rejects.toThrow('refused');
});

it('reports other errors', async () => {
  const { clock, cache } = stage();
  await cache.lookUp('a/b', missing);
  clock.now = 60_000;
  await expect(cache.lookUp('a/b', () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
});
