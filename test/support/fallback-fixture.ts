import type { TestingModule } from '@nestjs/testing';
import type { Attempt } from '../../src/domain/attempt.js';
import { ANONYMOUS } from '../../src/domain/caller.js';
import { HubError } from '../../src/domain/hub-error.js';
import type { Source } from '../../src/domain/source.js';
import { FallbackCacheModule } from '../../src/fallback/cache/fallback-cache.module.js';
import { FallbackCacheService } from '../../src/fallback/cache/fallback-cache.service.js';
import { FallbackSourcesService } from '../../src/fallback/sources/fallback-sources.service.js';
import { AccountProbe } from '../../src/fallback/resolver/account-probe.service.js';
import { ChainService } from '../../src/fallback/resolver/chain.service.js';
import { FALLBACK_POLICY, fallbackPolicy } from '../../src/fallback/resolver/fallback-policy.js';
import { FallbackResolver } from '../../src/fallback/resolver/fallback.resolver.js';
import type { FallbackRequest } from '../../src/fallback/resolver/fallback-request.js';
import { ChainDryRun } from '../../src/fallback/resolver/chain-dry-run.service.js';
import { CachingProbe } from '../../src/fallback/resolver/caching-probe.service.js';
import { KeptProbe } from '../../src/fallback/resolver/kept-probe.service.js';
import { HedgeIntervals } from '../../src/fallback/resolver/hedge-intervals.service.js';
import { ReservedNames } from '../../src/fallback/resolver/reserved-names.service.js';
import { SourceProbe } from '../../src/fallback/resolver/source-probe.service.js';
import { SourceUrls } from '../../src/fallback/resolver/source-urls.service.js';
import { HUB_CONFIG, type FallbackConfig } from '../../src/platform/config/hub-config.js';
import { IdentityModule } from '../../src/platform/identity/identity.module.js';
import { INSTANCE_ID } from '../../src/platform/identity/instance-id.js';
import { UpstreamModule } from '../../src/fallback/upstream/upstream.module.js';
import { buildHubConfig } from './build-hub-config.js';
import { OPERATIONS } from './chain-scenarios.js';
import { FakeUpstream, type Responder } from './fake-upstream.js';
import { buildSource } from './build-source.js';
import { moduleWithoutDatabase } from './module-without-database.js';

/** The result of a request: the name of the source, or an error code. */
export type Outcome =
  { readonly from: string; readonly json?: unknown; readonly status: number } | { readonly code: string };

/** The fallback modules with fake sources instead of the sources table. */
export class FallbackFixture {
  readonly sources: Source[] = [];
  readonly attempts: Attempt[] = [];
  private readonly upstreams: FakeUpstream[] = [];

  private constructor(private readonly module: TestingModule) {}

  static async open(fallback: Partial<FallbackConfig> = {}): Promise<FallbackFixture> {
    const config = buildHubConfig({ hedgeMs: 0, timeoutMs: 5_000, ...fallback });
    const sourcesService: { sources?: () => readonly Source[] } = {};
    const module = await moduleWithoutDatabase(config, {
      imports: [IdentityModule, UpstreamModule, FallbackCacheModule],
      providers: [
        FallbackResolver,
        ChainDryRun,
        ChainService,
        AccountProbe,
        SourceProbe,
        SourceUrls,
        CachingProbe,
        { provide: KeptProbe, useValue: {} }, // these sources keep no replies, which needs a database
        HedgeIntervals,
        ReservedNames,
        { provide: FALLBACK_POLICY, inject: [HUB_CONFIG, ReservedNames, INSTANCE_ID], useFactory: fallbackPolicy },
        { provide: FallbackSourcesService, useValue: sourcesService },
      ],
    });
    const fixture = new FallbackFixture(module);
    sourcesService.sources = () => fixture.sources;
    return fixture;
  }

  get cache(): FallbackCacheService {
    return this.module.get(FallbackCacheService, { strict: false });
  }

  get urls(): SourceUrls {
    return this.module.get(SourceUrls);
  }

  get dryRun(): ChainDryRun {
    return this.module.get(ChainDryRun);
  }

  get resolver(): FallbackResolver {
    return this.module.get(FallbackResolver);
  }

  /** Adds a source with the lowest priority, named S1, S2 and so on. */
  async add(reply: Responder, facts: Partial<Source> = {}): Promise<FakeUpstream> {
    const upstream = await FakeUpstream.start(reply);
    this.upstreams.push(upstream);
    const n = this.upstreams.length;
    this.sources.push(buildSource({ key: `db:${n}`, name: `S${n}`, url: upstream.url, priority: n, ...facts }));
    return upstream;
  }

  buildRequest(facts: Partial<FallbackRequest> = {}): FallbackRequest {
    return {
      operation: OPERATIONS['info']!,
      caller: ANONYMOUS,
      via: [],
      parameter: undefined,
      signal: new AbortController().signal,
      observe: (attempts) => this.attempts.push(...attempts),
      ...facts,
    };
  }

  /** Resolves a request; `undefined` if no source applies. */
  async resolve(facts: Partial<FallbackRequest> = {}): Promise<Outcome | undefined> {
    try {
      const answer = await this.resolver.resolve(this.buildRequest(facts));
      if (!answer) return undefined;
      const { json, status, stream } = answer.reply;
      stream?.destroy();
      return { from: answer.source.name, status, ...(json === undefined ? {} : { json }) };
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return { code: error.code };
    }
  }

  async close(): Promise<void> {
    await this.module.close();
    await Promise.all(this.upstreams.map((upstream) => upstream.close()));
  }
}
