import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ProfileCache } from '../../../src/fallback/cache/profile-cache.service.js';
import { FallbackCacheModule } from '../../../src/fallback/cache/fallback-cache.module.js';
import { FallbackCacheService } from '../../../src/fallback/cache/fallback-cache.service.js';
import { CommitMetadataCache } from '../../../src/fallback/cache/commit-metadata-cache.service.js';
import { SearchLock } from '../../../src/fallback/cache/search-lock.service.js';
import { HubError } from '../../../src/domain/hub-error.js';
import type { RepoId } from '../../../src/domain/repo-id.js';
import type { Reply } from '../../../src/domain/upstream.js';
import { ConfigModule } from '../../../src/platform/config/config.module.js';
import type { FallbackConfig } from '../../../src/platform/config/hub-config.js';
import { CLUSTER_BUS, type ClusterBus } from '../../../src/platform/cluster/cluster-bus.js';
import { RedisLink } from '../../../src/platform/cluster/redis-link.js';
import { ObservabilityModule } from '../../../src/platform/observability/observability.module.js';
import { buildHubConfig } from '../../support/build-hub-config.js';
import { eventually } from '../../support/eventually.js';
import { describeWithRedis } from '../../support/describe-with-redis.js';

Logger.overrideLogger(false);

const repo: RepoId = { type: 'model', namespace: 'o', name: 'r' };
const key = 'fallback:repo:model:o/r';
const denial = new HubError('RepoNotFound', 'Repository not found', {
  sources: [{ name: 'S1', status: 404, category: 'not-found' }],
  cause: new Error('kept here'),
});

class Replica {
  private constructor(
    private readonly module: TestingModule,
    readonly cache: FallbackCacheService,
  ) {}

  static async start(redisUrl: string, fallback: Partial<FallbackConfig> = {}): Promise<Replica> {
    const config = buildHubConfig(fallback, { redisUrl, redisTimeoutMs: 2_000 });
    const imports = [ConfigModule.forRoot(config), ObservabilityModule, FallbackCacheModule];
    const module = await Test.createTestingModule({ imports }).compile();
    await module.init();
    return new Replica(module, module.get(FallbackCacheService));
  }

  get cluster(): ClusterBus {
    return this.module.get<ClusterBus>(CLUSTER_BUS, { strict: false });
  }

  get link(): RedisLink {
    return this.module.get(RedisLink, { strict: false });
  }

  get turns(): SearchLock {
    return this.module.get(SearchLock);
  }

  get answers(): ProfileCache {
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
    return this.cache.search((record) => record.deny(name, denial));
  }

  close(): Promise<void> {
    return this.module.close();
  }
}

describeWithRedis('bindings of several replicas', (redis) => {
  const replicas: Replica[] = [];
  let one: Replica;
  let two: Replica;

  const start = async (fallback?: Partial<FallbackConfig>): Promise<Replica> => {
    const replica = await Replica.start(redis().url, fallback);
    replicas.push(replica);
    return replica;
  };
  const isConnected = (): Promise<void> => eventually(() => one.cluster.isConnected && two.cluster.isConnected);
  const kept = (pattern: string): Promise<string[]> => one.link.commands!.keys(pattern);

  beforeEach(async () => {
    // emptied before anybody is in touch: who is would notice, and forget everything in the middle of a test
    await redis().restart();
    one = await start();
    two = await start();
    await isConnected();
    await one.cache.clear();
  });
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.close()));
  });

  it('lie under the specified keys with their time to live, and are known to all', async () => {
    await one.bind();
    expect(await kept('fallback:*')).toEqual([key]);
    const ttl = await one.link.commands!.pTTL(key);
    expect(ttl > 290_000 && ttl <= 300_000).toBe(true);
    expect(await two.boundTo()).toBe('db:1');
    await one.cache.search((record) => record.bind(`${key}-doubtful`, 'db:1', true));
    expect(await one.link.commands!.pTTL(`${key}-doubtful`)).toBeLessThanOrEqual(30_000);
  });

  it('once known are found without asking Redis', async () => {
    await one.bind();
    await two.boundTo();
    await two.link.commands!.unlink(key);
    expect([await one.boundTo(), await two.boundTo()]).toEqual(['db:1', 'db:1']);
  });

  it('live in the second memory no longer than in the first', async () => {
    const short = await start({ cacheTtlSeconds: 0.3 });
    await short.bind();
    expect(await two.boundTo()).toBe('db:1');
    await eventually(async () => (await two.boundTo()) === undefined); // its own would stay for minutes
  });

  it('and denials too, as errors with all that clients are told', async () => {
    await one.deny(key);
    await one.deny(`${key}-x:question`);
    for (const known of [await two.cache.peek(key), await two.cache.peek(`${key}-x`, () => 'question')]) {
      expect(known.negative).toBeInstanceOf(HubError);
      expect(known.negative).toMatchObject({ code: 'RepoNotFound', message: denial.message });
      expect(known.negative!.facts.sources).toEqual(denial.facts.sources);
    }
    expect(await two.cache.peek(`${key}-x`, () => 'another')).toEqual({});
    await one.link.commands!.unlink(await kept('denied:*'));
    expect((await two.cache.peek(key)).negative?.code).toBe('RepoNotFound');
  });

  it('are forgotten by all when one clears, before it returns', async () => {
    for (const name of [key, `${key}2`]) await one.bind(name);
    await two.boundTo();
    two.answers.fill((store) => store('someone', {}, { bytes: 1 }));
    expect(await two.cache.clear()).toBe(2);
    expect([await one.boundTo(), await two.boundTo(), await kept('fallback:*')]).toEqual([undefined, undefined, []]);
    await two.bind();
    await one.cache.clear();
    expect(two.answers.get('someone')).toBeUndefined();
    expect(await two.boundTo()).toBeUndefined();
  });

  it('are evicted from all, in whatever case and for whoever asked, and no others', async () => {
    const own = [key, `${key}:anon`, 'fallback:repo:model:O/R:user'];
    const others = ['fallback:repo:model:o/r2', 'fallback:repo:dataset:o/r', 'fallback:repo:model:o/r-x:anon'];
    for (const name of [...own, ...others]) await one.bind(name);
    for (const name of [...own, ...others]) await two.boundTo(name);
    await one.deny(`${key}:question`);
    expect(await two.cache.evict(repo)).toBe(3);
    for (const replica of [one, two]) {
      expect(await Promise.all(own.map((name) => replica.boundTo(name)))).toEqual([undefined, undefined, undefined]);
      expect(await Promise.all(others.map((name) => replica.boundTo(name)))).toEqual(Array(3).fill('db:1'));
      expect(await replica.cache.peek(key, () => 'question')).toEqual({});
    }
  });

  describe('what sources said about commits', () => {
    const tree = Array.from({ length: 200 }, (_, n) => ({ path: `file-${n}.txt`, size: n }));
    const reply: Reply = { kind: 'reply', status: 200, headers: { link: '<next>; rel="next"' }, json: tree };
    const question = `${key}:db:1:question`;
    const keep = (name = question): Promise<void> => one.metadata.fill(name, (store) => store(reply));

    it('is known to all for a day, packed, and to who has heard it without asking Redis', async () => {
      await keep();
      const [name] = await kept('metadata:*');
      expect(name).toBe(`metadata:${question}`);
      expect(await one.link.commands!.strLen(name!)).toBeLessThan(JSON.stringify(tree).length / 2);
      expect(await one.link.commands!.pTTL(name!)).toBeGreaterThan(86_300_000);
      expect(await two.metadata.get(question)).toEqual({ ...reply, age: 0 });
      await two.link.commands!.unlink(name!);
      expect(await two.metadata.get(question)).toEqual({ ...reply, age: 0 });
      expect([one.metadata.own.hits, two.metadata.own.hits]).toEqual([0, 2]);
    });

    it('is forgotten by all with the bindings', async () => {
      const another = 'fallback:repo:model:o/r2:db:1:question';
      for (const name of [question, another]) {
        await keep(name);
        await two.metadata.get(name);
      }
      await one.cache.evict({ ...repo, name: 'R' });
      for (const { metadata } of [one, two]) {
        expect(await metadata.get(question)).toBeUndefined();
        expect(await metadata.get(another)).toBeDefined();
      }
      await two.cache.clear();
      expect(await one.metadata.get(another)).toBeUndefined();
    });

    it('and asked before that is not kept after it', async () => {
      await one.metadata.fill(question, async (store) => {
        await two.cache.evict(repo);
        await store(reply);
      });
      expect([await one.metadata.get(question), await two.metadata.get(question)]).toEqual([undefined, undefined]);
    });

    it('is kept by one alone where it is too long for all', async () => {
      const words = Array.from({ length: 40_000 }, () => randomUUID());
      await one.metadata.fill(question, (store) => store({ ...reply, json: words.slice(0, 6_000) }));
      expect([await kept('metadata:*'), (await one.metadata.get(question))?.status]).toEqual([[], 200]);
      await one.metadata.fill(`${question}2`, (store) =>
        store({ ...reply, json: words.flatMap((word) => [word, word]) }),
      );
      expect(await one.metadata.get(`${question}2`)).toBeUndefined();
    });
  });

  it.each([
    ['cleared', (replica: Replica) => replica.cache.clear()],
    ['evicted', (replica: Replica) => replica.cache.evict(repo)],
  ])('are not written when they were searched before another replica has %s', async (_, change) => {
    await one.cache.search(async (record) => {
      await change(two);
      await record.bind(key, 'db:1', false);
      await record.deny(key, denial);
    });
    expect([await one.cache.peek(key), await two.cache.peek(key)]).toEqual([{}, {}]);
  });

  it('that somebody has changed unheard are written neither', async () => {
    await one.cache.search(async (record) => {
      await one.link.commands!.set((await kept('hubfall:*:generation'))[0]!, 'run:word:7');
      await record.bind(key, 'db:1', false);
    });
    expect(await one.boundTo()).toBeUndefined();
  });

  it('are as many as are configured; those that end first make room', async () => {
    const small = await start({ cacheMaxSize: 3 });
    await small.cache.search((record) => record.bind('fallback:repo:model:o/first', 'db:1', true));
    for (const name of ['a', 'b', 'c']) await small.bind(`fallback:repo:model:o/${name}`);
    expect((await kept('fallback:*')).sort()).toEqual(['a', 'b', 'c'].map((name) => `fallback:repo:model:o/${name}`));
    expect(await small.cache.stats()).toMatchObject({ size: 3, maxsize: 3, usage_percent: 100 });
  });

  it('are counted for the cluster', async () => {
    await one.bind();
    for (const replica of [one, two, two]) await replica.cache.find(key);
    await two.cache.find(`${key}2`);
    await two.deny(`${key}2`);
    const figures = { size: 1, hits: 3, misses: 1, hit_rate: 0.75, negative_size: 1, backend: 'redis' };
    for (const replica of [one, two, one]) expect(await replica.cache.stats()).toMatchObject(figures);
  });

  it('of before an outage are nothing after it, and live shortly during it', async () => {
    await one.bind();
    await two.boundTo();
    await redis().kill();
    await eventually(() => !one.cluster.isConnected && !two.cluster.isConnected);
    expect([await one.boundTo(), await two.boundTo()]).toEqual([undefined, undefined]);
    await one.bind();
    expect([await one.boundTo(), await two.boundTo()]).toEqual(['db:1', undefined]);
    expect(await one.cache.stats()).toMatchObject({ size: 1, backend: 'memory' });
    await redis().restart();
    await isConnected();
    expect([await one.boundTo(), await two.boundTo()]).toEqual([undefined, undefined]);
    await one.bind(key, 'db:2');
    expect(await two.boundTo()).toBe('db:2');
  });

  it('that were cleared during an outage are cleared for all after it', async () => {
    await one.bind();
    await two.boundTo();
    one.link.close();
    await one.cache.clear();
    one.link.reopen();
    await eventually(async () => (await two.boundTo()) === undefined);
    await isConnected();
    expect(await kept('fallback:*')).toEqual([key]); // which nobody believes
    expect(await one.boundTo()).toBeUndefined();
  });

  describe('a search', () => {
    const { signal } = new AbortController();
    const searched: string[] = [];
    let looks: Replica[] = [];
    const look = (replica: Replica): Promise<string | undefined> => {
      looks.push(replica);
      return replica.boundTo();
    };
    beforeEach(() => {
      searched.length = 0;
      looks = [];
    });

    const search = (replica: Replica, name: string, until: Promise<unknown> = Promise.resolve()): Promise<string> =>
      replica.turns.run(
        {
          name: key,
          look: () => look(replica),
          search: async () => {
            searched.push(name);
            await until;
            await replica.bind();
            return 'db:1';
          },
        },
        signal,
      );

    it('is made by one, and the others take what it finds', async () => {
      let finish = (): void => undefined;
      const first = search(one, 'one', new Promise<void>((resolve) => (finish = resolve)));
      await eventually(() => searched.length === 1);
      const second = search(two, 'two');
      await eventually(() => looks.filter((replica) => replica === two).length > 2);
      finish();
      expect([await first, await second, searched]).toEqual(['db:1', 'db:1', ['one']]);
    });

    it('is taken over soon from one that has died', async () => {
      void search(one, 'one', new Promise(() => undefined));
      await eventually(() => searched.length === 1);
      expect(await search(two, 'two')).toBe('db:1');
      expect(searched).toEqual(['one', 'two']);
    });

    it('that fails is the next one’s at once', async () => {
      const failed = one.turns.run(
        { name: key, look: () => look(one), search: () => Promise.reject(new Error('down')) },
        signal,
      );
      await expect(failed).rejects.toThrow('down');
      const before = performance.now();
      expect(await search(two, 'two')).toBe('db:1');
      expect(performance.now() - before).toBeLessThan(2_000); // the turn itself would last three seconds
    });
  });
});
