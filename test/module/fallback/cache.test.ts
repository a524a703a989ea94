import { CACHE_MANAGER } from '@nestjs/cache-manager';
import type { TestingModule } from '@nestjs/testing';
import type { Cache } from 'cache-manager';
import { FallbackCacheModule } from '../../../src/fallback/cache/fallback-cache.module.js';
import { FallbackCacheService } from '../../../src/fallback/cache/fallback-cache.service.js';
import { HubError } from '../../../src/domain/hub-error.js';
import type { RepoId } from '../../../src/domain/repo-id.js';
import { buildHubConfig } from '../../support/build-hub-config.js';
import { moduleWithoutDatabase } from '../../support/module-without-database.js';

const repo: RepoId = { type: 'model', namespace: 'o', name: 'r' };
const key = 'fallback:repo:model:o/r';
const notFound = new HubError('RepoNotFound', 'Repository not found');

let module: TestingModule;
let cache: FallbackCacheService;
async function open(fallback = {}): Promise<void> {
  await module?.close();
  module = await moduleWithoutDatabase(buildHubConfig(fallback), { imports: [FallbackCacheModule] });
  cache = module.get(FallbackCacheService);
}
beforeEach(() => open());
afterEach(() => module.close());

const boundTo = async (name: string): Promise<string | undefined> => (await cache.peek(name)).binding?.sourceKey;

const bind = (name: string, source = 'db:1', inconclusive = false): Promise<void> =>
  cache.search((record) => record.bind(name, source, inconclusive));
const deny = (name: string): Promise<void> => cache.search((record) => record.deny(name, notFound));

it('stores only the key of the source, under the documented key, in cache-manager', async () => {
  await bind(key);
  expect(await module.get<Cache>(CACHE_MANAGER, { strict: false }).get(key)).toEqual({ sourceKey: 'db:1' });
});

it('is limited to the configured number and evicts the least recently used binding', async () => {
  await open({ cacheMaxSize: 3 });
  for (const name of ['a', 'b', 'c']) await bind(name);
  await cache.find('a');
  await bind('d');
  expect(await Promise.all(['a', 'b', 'c', 'd'].map(boundTo))).toEqual(['db:1', undefined, 'db:1', 'db:1']);
  expect(await cache.stats()).toMatchObject({ size: 3, maxsize: 3, usage_percent: 100 });
});

it('discards results that were requested before it was cleared', async () => {
  await cache.search(async (record) => {
    await cache.clear();
    await record.bind(key, 'db:1', false);
    await record.deny(key, notFound);
  });
  expect(await cache.peek(key)).toEqual({});
});

it('evicts one repository for all kinds of callers', async () => {
  const own = [key, `${key}:anon`, `${key}:user`];
  const others = ['fallback:repo:model:o/r2', 'fallback:repo:dataset:o/r', 'fallback:repo:model:o/r-x:anon'];
  const otherCase = 'fallback:repo:model:O/R:user'; // equal to the repository except for case
  for (const name of [...own, otherCase, ...others]) await bind(name);
  await deny(`${key}:{"kind":"info"}`);
  await deny('fallback:repo:model:o/r2');
  expect(await cache.evict(repo)).toBe(4);
  expect(await boundTo(otherCase)).toBeUndefined();
  expect(await Promise.all(own.map(boundTo))).toEqual([undefined, undefined, undefined]);
  expect(await Promise.all(others.map(boundTo))).toEqual(Array(3).fill('db:1'));
  expect(await cache.stats()).toMatchObject({ size: 3, negative_size: 1 });
  expect(await cache.evict(repo)).toBe(0);
});

it('reports how many bindings were cleared', async () => {
  await bind('a');
  await bind('b');
  await deny('c');
  expect(await cache.clear()).toBe(2);
  expect(await cache.stats()).toMatchObject({ size: 0, negative_size: 0 });
});

it('can remove a binding', async () => {
  await bind(key);
  await cache.unbind(key);
  expect(await cache.find(key)).toEqual({});
});

it('returns the stored error of a negative entry', async () => {
  await deny(key);
  expect((await cache.peek(key)).negative).toBe(notFound);
});

it('reports its statistics', async () => {
  expect(await cache.stats()).toEqual({
    size: 0,
    maxsize: 10_000,
    ttl_seconds: 300,
    usage_percent: 0,
    hits: 0,
    misses: 0,
    hit_rate: 0,
    negative_size: 0,
    backend: 'memory',
    answers_size: 0,
    answers_bytes: 0,
    metadata_size: 0,
  });
  await bind('a');
  for (const name of ['a', 'a', 'b']) await cache.find(name);
  await cache.peek('a');
  expect(await cache.stats()).toMatchObject({ size: 1, hits: 2, misses: 1, hit_rate: 0.6667, usage_percent: 0.01 });
});

it('stores no bindings if their TTL is 0', async () => {
  await open({ cacheTtlSeconds: 0 });
  await bind(key);
  expect(await cache.peek(key)).toEqual({});
});
