import { Inject, Injectable } from '@nestjs/common';
import { isAccountName } from '../../domain/account-name.js';
import type { SourceAccount } from '../../domain/account.js';
import type { Attempt } from '../../domain/attempt.js';
import { chooseFailure } from '../../domain/choose-failure.js';
import type { HubError } from '../../domain/hub-error.js';
import { hubDependsOnCaller } from '../../domain/order-sources.js';
import type { Source } from '../../domain/source.js';
import type { ReplyAge } from '../../domain/tag-source.js';
import { SingleFlight } from '../../platform/async/single-flight.js';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { accountKey } from '../cache/binding-key.js';
import { ProfileCache } from '../cache/profile-cache.service.js';
import { FallbackSourcesService } from '../sources/fallback-sources.service.js';
import { AccountProbe, type AccountQuery } from './account-probe.service.js';
import { CachingProbe } from './caching-probe.service.js';
import { ChainService, isStale } from './chain.service.js';
import { isInconclusive } from './definitive-answer.js';
import { FallbackMetrics } from './fallback-metrics.service.js';
import type { RequestContext } from './fallback-request.js';
import { SourceFanOut } from './source-fan-out.service.js';

/** An account, and the source that has it. */
export interface ExternalAccount {
  readonly source: Source;
  readonly account: SourceAccount;
  readonly age: ReplyAge;
}

/** An account, and when it was cached. */
interface CachedAccount {
  readonly found: ExternalAccount;
  readonly atMs: number;
}

export type AccountRequest = RequestContext & AccountQuery;

/** The result of searching for an account. */
interface AccountSearch {
  readonly attempts: readonly Attempt[];
  readonly found?: ExternalAccount;
  readonly error?: HubError;
}

/**
 * Looks up accounts that this hub does not have in sources. The first source that has a user or organization with this name is used, and
 * cached as long as a binding. Concurrent requests for the same name share a search.
 */
@Injectable()
export class AccountsResolver {
  private readonly searches = new SingleFlight<AccountSearch>();

  constructor(
    private readonly fanOut: SourceFanOut,
    private readonly sources: FallbackSourcesService,
    private readonly cache: ProfileCache,
    private readonly chain: ChainService,
    private readonly probe: AccountProbe,
    private readonly cachingProbe: CachingProbe,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly metrics: FallbackMetrics,
    @Inject(MONOTONIC_CLOCK) private readonly now: MonotonicClock,
  ) {}

  /**
   * The account; `undefined` if no source may be used, so that the hub's own "not found" is final.
   * @throws HubError `NotFound` if no source has the account, otherwise the strongest error of the sources
   */
  async find(request: AccountRequest): Promise<ExternalAccount | undefined> {
    const { name, caller, signal, observe, facts, turn } = request;
    const candidates = isAccountName(name) ? this.fanOut.eligibleSources({ ...request, namespace: name }) : [];
    if (candidates.length === 0) return undefined;
    const key = accountKey(name, hubDependsOnCaller(this.sources.sources(), name), caller);
    if (facts) facts.operation = 'userProfile';
    const cached = this.cachedAccount(key);
    if (!cached) turn?.pause();
    const { attempts, found, error } = cached
      ? { attempts: [], found: cached }
      : await this.searches.join(key, signal, (shared) => this.search(key, candidates, request, shared));
    observe?.(attempts);
    if (error) throw error;
    if (facts) facts.source = found?.source.name;
    return found;
  }

  /** @throws HubError if it is cached that no source has the account */
  private cachedAccount(key: string): ExternalAccount | undefined {
    const entry = this.cache.get<CachedAccount>(key);
    if (!entry) return undefined;
    const { age = 0, ...facts } = entry.found.age;
    const seconds = age + Math.floor((this.now() - entry.atMs) / 1000);
    return { ...entry.found, age: { ...facts, age: seconds } };
  }

  /** Replies of the source are kept, so that another cache must not make them older. */
  private maxSeconds({ source, age: { age = 0 } }: ExternalAccount): number | undefined {
    if (!source.keepsReplies) return undefined;
    return Math.max(1, (source.freshSeconds ?? this.config.fallback.freshSeconds) - age);
  }

  private search(
    key: string,
    candidates: readonly Source[],
    { name, expected, via, client }: AccountRequest,
    signal: AbortSignal,
  ): Promise<AccountSearch> {
    return this.cache.fill(async (store) => {
      const { attempts: steps, chosen } = await this.metrics.trace('userProfile', () =>
        this.chain.walkWith(
          candidates,
          (source, context) => this.probe.attempt(source, { name, expected }, context, this.cachingProbe),
          { via, signal, client },
        ),
      );
      const attempts = steps.flatMap((step) => step.attempts);
      if (!chosen?.account) {
        const error = chooseFailure(attempts, 'userProfile');
        if (error.code === 'NotFound') store(key, error, { bytes: 0 });
        return { attempts, error };
      }
      const found = { source: chosen.source, account: chosen.account, age: chosen.age };
      const inconclusive = chosen.isInconclusive || steps.some(isInconclusive) || attempts.some(isStale);
      const entry: CachedAccount = { found, atMs: this.now() };
      store(key, entry, {
        isInconclusive: inconclusive,
        bytes: JSON.stringify(found.account).length,
        maxSeconds: this.maxSeconds(found),
      });
      return { attempts, found };
    });
  }
}
