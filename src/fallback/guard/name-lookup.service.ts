import { Inject, Injectable } from '@nestjs/common';
import { isAccountName } from '../../domain/account-name.js';
import type { Attempt } from '../../domain/attempt.js';
import type { Caller } from '../../domain/caller.js';
import type { NameCheck } from '../../domain/name-check.js';
import { orderHubSources, orderSources } from '../../domain/order-sources.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { mapConcurrently } from '../../platform/async/map-concurrently.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { FallbackCacheService } from '../cache/fallback-cache.service.js';
import { bindingKey } from '../cache/binding-key.js';
import { AccountProbe } from '../resolver/account-probe.service.js';
import { fallbackAllowed, sourcesFor, type FallbackPolicy } from '../resolver/fallback-allowed.js';
import { FALLBACK_POLICY } from '../resolver/fallback-policy.js';
import { FallbackMetrics } from '../resolver/fallback-metrics.service.js';
import { SourceProbe } from '../resolver/source-probe.service.js';
import { FallbackSourcesService } from '../sources/fallback-sources.service.js';
import type { SendContext } from '../upstream/send-context.js';
import { organizationPresence, repoPresence, type NamePresence } from './judge-name.js';

/** Clients wait ten seconds for a response (`DEFAULT_REQUEST_TIMEOUT` of huggingface_hub 1.x), so a check must be well below that. */
const MAX_LOOKUP_MS = 5_000;

/** Owners of repositories can sign in, so sources that require it apply. A client's `Via` and `fallback` must not disable the check. */
const OWNER: Caller = { accountId: 'owner' };

/** A check of a name, and the attempts on which it is based. */
export interface NameLookupResult extends NameCheck {
  /** The attempts that decided: of the source that has the name, or of those that gave no definitive answer. */
  readonly decisive: readonly Attempt[];
}

/** The circumstances of a lookup. */
export interface LookupUse {
  /** No person waits for the result (`SendContext.isBackground`). */
  readonly isBackground?: boolean;
}

interface SourceResult {
  readonly presence: NamePresence;
  readonly attempts: readonly Attempt[];
}

/** Asks all sources that apply to a name whether they have it, at the same time. */
@Injectable()
export class NameLookup {
  constructor(
    @Inject(FALLBACK_POLICY) private readonly policy: FallbackPolicy,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly sources: FallbackSourcesService,
    private readonly cache: FallbackCacheService,
    private readonly probe: SourceProbe,
    private readonly accounts: AccountProbe,
    private readonly metrics: FallbackMetrics,
  ) {}

  /**
   * Whether a source has a repository with this id, or with this id in lower case, since local names hide external ones in any case; `undefined` if no
   * source applies to it.
   */
  repo(repo: RepoId, use: LookupUse = {}): Promise<NameLookupResult | undefined> {
    const exact = this.exactRepo(repo, use);
    const lower = { ...repo, namespace: repo.namespace.toLowerCase(), name: repo.name.toLowerCase() };
    return repoFullName(lower) === repoFullName(repo) ? exact : eitherOf(exact, this.exactRepo(lower, use));
  }

  private async exactRepo(repo: RepoId, { isBackground }: LookupUse): Promise<NameLookupResult | undefined> {
    const sources = sourcesFor(this.policy, this.sources.sources(), repo.namespace);
    const candidates = this.isAllowed(repo.namespace) ? orderSources(sources, repo, OWNER) : [];
    const operation = { kind: 'info', repo, query: [] } as const;
    const result = await this.lookUp(candidates, 'info', async (source, context) => {
      const attempt = await this.probe.attempt(source, operation, { ...context, isBackground });
      return { presence: repoPresence(attempt), attempts: [attempt] };
    });
    if (result?.state !== 'unverified') return result;
    const bound = await this.boundTo(repo, candidates);
    return bound ? { ...result, state: 'shadows', source: bound.name } : result;
  }

  /** Whether a source has an organization with this name, or with this name in lower case; `undefined` if no source applies to it. */
  organization(name: string, use: LookupUse = {}): Promise<NameLookupResult | undefined> {
    const exact = this.exactOrganization(name, use);
    const lower = name.toLowerCase();
    return lower === name ? exact : eitherOf(exact, this.exactOrganization(lower, use));
  }

  private exactOrganization(name: string, { isBackground }: LookupUse): Promise<NameLookupResult | undefined> {
    const applies = isAccountName(name) && this.isAllowed(name);
    const candidates = applies ? orderHubSources(this.sources.sources(), name, OWNER) : [];
    return this.lookUp(candidates, 'organizationProfile', async (source, context) => {
      const attempts = await this.accounts.findOrganization(source, name, { ...context, isBackground });
      return { presence: organizationPresence(attempts), attempts };
    });
  }

  private isAllowed(namespace: string): boolean {
    return fallbackAllowed(this.policy, { caller: OWNER, namespace, parameter: undefined, via: [] });
  }

  /** The first "yes" ends the lookup. */
  private async lookUp(
    candidates: readonly Source[],
    kind: 'info' | 'organizationProfile',
    send: (source: Source, context: SendContext) => Promise<SourceResult>,
  ): Promise<NameLookupResult | undefined> {
    if (candidates.length === 0) return undefined;
    const { maxConcurrent, deadlineMs } = this.config.fallback;
    const found = new AbortController();
    const signal = AbortSignal.any([found.signal, AbortSignal.timeout(MAX_LOOKUP_MS)]);
    const context: SendContext = { via: [], signal, deadlineAt: performance.now() + deadlineMs };
    const results = await this.metrics.trace(kind, () =>
      mapConcurrently(candidates, maxConcurrent, async (source) => {
        const result = await send(source, context);
        if (result.presence === 'yes') found.abort();
        return result;
      }),
    );
    const owner = results.find(({ presence }) => presence === 'yes');
    if (owner) return { state: 'shadows', source: owner.attempts[0]!.source.name, decisive: owner.attempts };
    const unknown = results.filter(({ presence }) => presence === 'unknown').flatMap(({ attempts }) => attempts);
    return { state: unknown.length > 0 ? 'unverified' : 'free', source: null, decisive: unknown };
  }

  /** A binding shows that a source which cannot be asked now had the repository minutes ago. */
  private async boundTo(repo: RepoId, candidates: readonly Source[]): Promise<Source | undefined> {
    for (const isPerCaller of [false, true]) {
      const { binding } = await this.cache.peek(bindingKey(repo, isPerCaller, OWNER));
      const source = binding && candidates.find(({ key }) => key === binding.sourceKey);
      if (source) return source;
    }
    return undefined;
  }
}

type Lookup = Promise<NameLookupResult | undefined>;

/**
 * The result for two forms of a name, which are looked up at the same time. A source that has one of them decides, even if another source could not be
 * asked.
 */
async function eitherOf(exact: Lookup, lower: Lookup): Lookup {
  lower.catch(() => undefined); // it may be ignored
  const first = await exact;
  if (first === undefined || first.state === 'shadows') return first;
  const other = await lower;
  return first.state === 'unverified' && other?.state !== 'shadows' ? first : other;
}
