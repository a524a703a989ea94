import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ProfileCache } from '../../../src/fallback/cache/profile-cache.service.js';
import { FallbackCacheModule } from '../../../src/fallback/cache/fallback-cache.module.js';
import { FallbackCacheService } from '../../../src/fallback/cache/fallback-cache.service.js';
import { CommitMetadataCache } from '../../../src/fallback/cache/commit-metadata-cache.service.js';
import { SearchLock } from '../../../src/fallback/cache/search-lock.service.js';
import { HubError } from '../../../src/domain/hub-error.js';
import type { RepoId } from '../../../src/domain/repo-id.js';
import type { Reply } from '../../../src/domain/upstream.js';
import type { FallbackConfig } from '../../../src/platform/config/hub-config.js';
import { CLUSTER_BUS, type ClusterBus } from '../../../src/platform/cluster/cluster-bus.js';
import { RedisLink } from '../../../src/platform/cluster/redis-link.js';
import { buildHubConfig } from '../../support/build-hub-config.js';
import { eventually } from '../../support/eventually.js';
import { describeWithRedis } from '../../support/describe-with-redis.js';
import { moduleWithoutDatabase } from '../../support/module-without-database.js';

Logger.overrideLogger(false);

const repo: RepoId = { type: 'model', namespace: 'o', name: 'r' };
const key = 'fallback:repo:model:o/r';
const notFound = new HubError('RepoNotFound', 'Repository not found', {
  sources: [{ name: 'S1', status: 404, category: 'not-found' }],
  cause: new Error('not shared'),
});

class Replica {
  private constructor(
    private readonly module: TestingModule,
    readonly cache: FallbackCacheService,
  ) {}

  static async start(redisUrl: string, fallback: Partial<FallbackConfig> = {}): Promise<Replica> {
    const config = buildHubConfig(fallback, { redisUrl, redisTimeoutMs: 2_000 });
    const module = await moduleWithoutDatabase(config, { imports: [FallbackCacheModule] });
    await module.init();
    return new Replica(module, module.get(FallbackCacheService));
  }

  get cluster(): ClusterBus {
    return this.module.get<ClusterBus>(CLUSTER_BUS, { strict: false });
  }

  get link(): RedisLink {
    return this.module.get(RedisLink, { strict: false });
  }

  get searchLock(): SearchLock {
    return this.module.get(SearchLock);
  }

  get profiles(): ProfileCache {
    return this.module.get(ProfileCache);
  }

  get metadata(): CommitMetadataCache {
    return this.module.get(CommitMetadataCache);
  }

  async boundTo(name = key): Promise<string | undefined> {
    return (await this.cache.peek(name)).binding?.sourceKey;
  }

  bind(name = key, source = 'db:1'): Promise<void> {
    return this.cache.search((record) => record.bind(name, source, false));
  }

  deny(name = key): Promise<void> {
    return this.cache.search((record) => record.deny(name, notFound));
  }

  close(): Promise<void> {
    return this.module.close();
  }
}

describeWithRedis('bindings of several replicas', (redis) => {
  const replicas: Replica[] = [];
  let first: Replica;
  let second: Replica;

  const start = async (fallback?: Partial<FallbackConfig>): Promise<Replica> => {
    const replica = await Replica.start(redis().hubUrl, fallback);
    replicas.push(replica);
    return replica;
  };
  const isConnected = (): Promise<void> => eventually(() => first.cluster.isConnected && second.cluster.isConnected);
  const redisKeys = (pattern: string): Promise<string[]> => first.link.commands!.keys(pattern);

  beforeEach(async () => {
    // Redis is emptied before replicas connect, because connected ones would notice and clear their caches during a test.
    await redis().restart();
    first = await start();
    second = await start();
    await isConnected();
    await first.cache.clear();
  });
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.close()));
  });

  it('are stored under the documented keys with their TTL, and all replicas find them', async () => {
    await first.bind();
    expect(await redisKeys('fallback:*')).toEqual([key]);
    const ttl = await first.link.commands!.pTTL(key);
    expect(ttl > 290_000 && ttl <= 300_000).toBe(true);
    expect(await second.boundTo()).toBe('db:1');
    await first.cache.search((record) => record.bind(`${key}-inconclusive`, 'db:1', true));
    expect(await first.link.commands!.pTTL(`${key}-inconclusive`)).toBeLessThanOrEqual(30_000);
  });

  it('are found without Redis once a replica has read them', async () => {
    await first.bind();
    await second.boundTo();
    await second.link.commands!.unlink(key);
    expect([await first.boundTo(), await second.boundTo()]).toEqual(['db:1', 'db:1']);
  });

  it('expire in the memory of other replicas at the same time', async () => {
    const short = await start({ cacheTtlSeconds: 0.3 });
    await short.bind();
    expect(await second.boundTo()).toBe('db:1');
    await eventually(async () => (await second.boundTo()) === undefined); // its own TTL is longer
  });

  it('include negative entries, whose errors have all facts that clients get', async () => {
    await first.deny(key);
    await first.deny(`${key}-x:request`);
    for (const entry of [await second.cache.peek(key), await second.cache.peek(`${key}-x`, () => 'request')]) {
      expect(entry.negative).toBeInstanceOf(HubError);
      expect(entry.negative).toMatchObject({ code: 'RepoNotFound', message: notFound.message });
      expect(entry.negative!.facts.sources).toEqual(notFound.facts.sources);
    }
    expect(await second.cache.peek(`${key}-x`, () => 'another')).toEqual({});
    await first.link.commands!.unlink(await redisKeys('fallback:denied:*'));
    expect((await second.cache.peek(key)).negative?.code).toBe('RepoNotFound');
  });

  it('are evicted from all replicas before clear() returns', async () => {
    for (const name of [key, `${key}2`]) await first.bind(name);
    await second.boundTo();
    second.profiles.fill((store) => store('someone', {}, { bytes: 1 }));
    expect(await second.cache.clear()).toBe(2);
    expect([await first.boundTo(), await second.boundTo(), await redisKeys('fallback:*')]).toEqual([
      undefined,
      undefined,
      [],
    ]);
    await second.bind();
    await first.cache.clear();
    expect(second.profiles.get('someone')).toBeUndefined();
    expect(await second.boundTo()).toBeUndefined();
  });

  it('are evicted from all replicas for one repository, ignoring case and for all kinds of callers', async () => {
    const own = [key, `${key}:anon`, 'fallback:repo:model:O/R:user'];
    const others = ['fallback:repo:model:o/r2', 'fallback:repo:dataset:o/r', 'fallback:repo:model:o/r-x:anon'];
    for (const name of [...own, ...others]) await first.bind(name);
    for (const name of [...own, ...others]) await second.boundTo(name);
    await first.deny(`${key}:request`);
    expect(await second.cache.evict(repo)).toBe(3);
    for (const replica of [first, second]) {
      expect(await Promise.all(own.map((name) => replica.boundTo(name)))).toEqual([undefined, undefined, undefined]);
      expect(await Promise.all(others.map((name) => replica.boundTo(name)))).toEqual(Array(3).fill('db:1'));
      expect(await replica.cache.peek(key, () => 'request')).toEqual({});
    }
  });

  describe('metadata of commits', () => {
    const tree = Array.from({ length: 200 }, (_, n) => ({ path: `file-${n}.txt`, size: n }));
    const reply: Reply = { kind: 'reply', status: 200, headers: { link: '<next>; rel="next"' }, json: tree };
    const metadataKey = `${key}:db:1:request`;
    const cacheReply = (name = metadataKey): Promise<void> => first.metadata.fill(name, (store) => store(reply));

    it('is shared compressed for a day, and found without Redis once a replica has read it', async () => {
      await cacheReply();
      const [name] = await redisKeys('fallback:metadata:*');
      expect(name).toBe(`fallback:metadata:${metadataKey}`);
      expect(await first.link.commands!.strLen(name!)).toBeLessThan(JSON.stringify(tree).length / 2);
      expect(await first.link.commands!.pTTL(name!)).toBeGreaterThan(86_300_000);
      expect(await second.metadata.get(metadataKey)).toEqual({ ...reply, age: 0 });
      await second.link.commands!.unlink(name!);
      expect(await second.metadata.get(metadataKey)).toEqual({ ...reply, age: 0 });
      expect([first.metadata.own.hits, second.metadata.own.hits]).toEqual([0, 2]);
    });

    it('is evicted from all replicas together with the bindings', async () => {
      const another = 'fallback:repo:model:o/r2:db:1:metadataKey';
      for (const name of [metadataKey, another]) {
        await cacheReply(name);
        await second.metadata.get(name);
      }
      await first.cache.evict({ ...repo, name: 'R' });
      for (const { metadata } of [first, second]) {
        expect(await metadata.get(metadataKey)).toBeUndefined();
        expect(await metadata.get(another)).toBeDefined();
      }
      await second.cache.clear();
      expect(await first.metadata.get(another)).toBeUndefined();
    });

    it('is not stored if it was requested before an eviction', async () => {
      await first.metadata.fill(metadataKey, async (store) => {
        await second.cache.evict(repo);
        await store(reply);
      });
      expect([await first.metadata.get(metadataKey), await second.metadata.get(metadataKey)]).toEqual([
        undefined,
        undefined,
      ]);
    });

    it('is cached by one replica only if it is too long for Redis', async () => {
      const uuids = Array.from({ length: 40_000 }, () => randomUUID());
      await first.metadata.fill(metadataKey, (store) => store({ ...reply, json: uuids.slice(0, 6_000) }));
      expect([await redisKeys('fallback:metadata:*'), (await first.metadata.get(metadataKey))?.status]).toEqual([
        [],
        200,
      ]);
      await first.metadata.fill(`${metadataKey}2`, (store) =>
        store({ ...reply, json: uuids.flatMap((uuid) => [uuid, uuid]) }),
      );
      expect(await first.metadata.get(`${metadataKey}2`)).toBeUndefined();
    });
  });

  it.each([
    ['cleared', (replica: Replica) => replica.cache.clear()],
    ['evicted', (replica: Replica) => replica.cache.evict(repo)],
  ])('are not stored if they were looked up before another replica has %s', async (_, change) => {
    await first.cache.search(async (record) => {
      await change(second);
      await record.bind(key, 'db:1', false);
      await record.deny(key, notFound);
    });
    expect([await first.cache.peek(key), await second.cache.peek(key)]).toEqual([{}, {}]);
  });

  it('are not stored if the generation in Redis has changed without a message', async () => {
    await first.cache.search(async (record) => {
      await first.link.commands!.set((await redisKeys('hubfall:*:generation'))[0]!, 'run:word:7');
      await record.bind(key, 'db:1', false);
    });
    expect(await first.boundTo()).toBeUndefined();
  });

  it('are limited to the configured number; those with the shortest TTL are evicted first', async () => {
    const small = await start({ cacheMaxSize: 3 });
    await small.cache.search((record) => record.bind('fallback:repo:model:o/first', 'db:1', true));
    for (const name of ['a', 'b', 'c']) await small.bind(`fallback:repo:model:o/${name}`);
    expect((await redisKeys('fallback:*')).sort()).toEqual(
      ['a', 'b', 'c'].map((name) => `fallback:repo:model:o/${name}`),
    );
    expect(await small.cache.stats()).toMatchObject({ size: 3, maxsize: 3, usage_percent: 100 });
  });

  it('are counted across the cluster', async () => {
    await first.bind();
    for (const replica of [first, second, second]) await replica.cache.find(key);
    await second.cache.find(`${key}2`);
    await second.deny(`${key}2`);
    const counts = { size: 1, hits: 3, misses: 1, hit_rate: 0.75, negative_size: 1, backend: 'redis' };
    for (const replica of [first, second, first]) expect(await replica.cache.stats()).toMatchObject(counts);
  });

  it('are discarded by an outage of Redis, and each replica has its own during the outage', async () => {
    await first.bind();
    await second.boundTo();
    await redis().kill();
    await eventually(() => !first.cluster.isConnected && !second.cluster.isConnected);
    expect([await first.boundTo(), await second.boundTo()]).toEqual([undefined, undefined]);
    await first.bind();
    expect([await first.boundTo(), await second.boundTo()]).toEqual(['db:1', undefined]);
    expect(await first.cache.stats()).toMatchObject({ size: 1, backend: 'memory' });
    await redis().restart();
    await isConnected();
    expect([await first.boundTo(), await second.boundTo()]).toEqual([undefined, undefined]);
    await first.bind(key, 'db:2');
    expect(await second.boundTo()).toBe('db:2');
  });

  it('are cleared for all replicas after an outage if one of them cleared them during the outage', async () => {
    await first.bind();
    await second.boundTo();
    first.link.close();
    await first.cache.clear();
    first.link.reopen();
    await eventually(async () => (await second.boundTo()) === undefined);
    await isConnected();
    expect(await redisKeys('fallback:*')).toEqual([key]); // written under an old generation, so it is ignored
    expect(await first.boundTo()).toBeUndefined();
  });

  describe('a lookup', () => {
    const { signal } = new AbortController();
    const lookups: string[] = [];
    let looks: Replica[] = [];
    const look = (replica: Replica): Promise<string | undefined> => {
      looks.push(replica);
      return replica.boundTo();
    };
    beforeEach(() => {
      lookups.length = 0;
      looks = [];
    });

    const search = (replica: Replica, name: string, until: Promise<unknown> = Promise.resolve()): Promise<string> =>
      replica.searchLock.run(
        {
          name: key,
          findCached: () => look(replica),
          search: async () => {
            lookups.push(name);
            await until;
            await replica.bind();
            return 'db:1';
          },
        },
        signal,
      );

    it('is done by one replica, and the others use its result', async () => {
      let finish = (): void => undefined;
      const firstLookup = search(first, 'first', new Promise<void>((resolve) => (finish = resolve)));
      await eventually(() => lookups.length === 1);
      const secondLookup = search(second, 'second');
      await eventually(() => looks.filter((replica) => replica === second).length > 2);
      finish();
      expect([await firstLookup, await secondLookup, lookups]).toEqual(['db:1', 'db:1', ['first']]);
    });

    it('is repeated by another replica if the first one dies', async () => {
      void search(first, 'first', new Promise(() => undefined));
      await eventually(() => lookups.length === 1);
      expect(await search(second, 'second')).toBe('db:1');
      expect(lookups).toEqual(['first', 'second']);
    });

    it('is repeated by another replica immediately if it fails', async () => {
      const failed = first.searchLock.run(
        { name: key, findCached: () => look(first), search: () => Promise.reject(new Error('down')) },
        signal,
      );
      await expect(failed).rejects.toThrow('down');
      const before = performance.now();
      expect(await search(second, 'second')).toBe('db:1');
      expect(performance.now() - before).toBeLessThan(2_000); // the lock itself would last three seconds
    });
  });
});
