import { Inject, Injectable } from '@nestjs/common';
import type { Attempt } from '../../domain/attempt.js';
import type { HubOperation } from '../../domain/operation.js';
import { allowsRepo, orderHubSources } from '../../domain/order-sources.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { mapConcurrently } from '../../platform/async/map-concurrently.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { RequestFacts } from '../../platform/http/hub-request.js';
import { FallbackSourcesService } from '../sources/fallback-sources.service.js';
import { strategyFor } from '../strategies/strategies.js';
import { ChainService } from './chain.service.js';
import { fallbackAllowed, maySendTexts, sourcesFor, type FallbackPolicy } from './fallback-allowed.js';
import { FallbackMetrics } from './fallback-metrics.service.js';
import { FALLBACK_POLICY } from './fallback-policy.js';
import type { NamespaceContext } from './fallback-request.js';

/** The result of sending an operation to one source. */
export interface SourceResult {
  readonly attempt: Attempt;
  /** The decoded reply, if the source serves. */
  readonly answer?: unknown;
}

export interface SourceRequest {
  readonly source: Source;
  readonly operation: HubOperation;
}

/**
 * Sends operations that are not about one repository to several sources at once. A failure of a source is returned as its attempt, not
 * thrown, and nothing is bound.
 */
@Injectable()
export class SourceFanOut {
  constructor(
    @Inject(FALLBACK_POLICY) private readonly policy: FallbackPolicy,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly sources: FallbackSourcesService,
    private readonly chain: ChainService,
    private readonly metrics: FallbackMetrics,
  ) {}

  /** The sources that may be used, in priority order; empty if the request must not be sent to any. */
  eligibleSources(context: NamespaceContext): Source[] {
    if (!fallbackAllowed(this.policy, context)) return [];
    const { namespace, caller } = context;
    return orderHubSources(sourcesFor(this.policy, this.sources.sources(), namespace), namespace, caller);
  }

  /** Sends one operation to every eligible source. Results are in the order of the sources. */
  sendToAll(context: NamespaceContext, operation: HubOperation): Promise<SourceResult[]> {
    return this.sendEach(
      context,
      this.eligibleSources(context).map((source) => ({ source, operation })),
    );
  }

  /** Sends all requests concurrently, within the deadline of a chain. Results are in the order of the requests. */
  async sendEach(context: NamespaceContext, requests: readonly SourceRequest[]): Promise<SourceResult[]> {
    const [first] = requests;
    if (!first) return [];
    const { via, signal, client, turn } = context;
    turn?.pause();
    const { maxConcurrent } = this.config.fallback;
    const results = await this.metrics.trace(first.operation.kind, () =>
      mapConcurrently(requests, maxConcurrent, async ({ source, operation }) =>
        this.read(await this.chain.attempt(source, { operation, via, signal, client }), operation),
      ),
    );
    const attempts = results.map(({ attempt }) => attempt);
    for (const [index, { verdict, category }] of attempts.entries())
      this.metrics.note(requests[index]!.operation.kind, verdict === 'serve' ? 'served' : category);
    context.observe?.(attempts);
    if (context.facts) addFacts(context.facts, first, attempts);
    return results;
  }

  /** Whether one reply of this source has an account's repositories of all types. */
  listsAllTypesTogether({ type }: Source): boolean {
    return strategyFor(type).userReposReply === 'all-types';
  }

  /** The result of an attempt for an operation that has the same request. */
  read(attempt: Attempt, operation: HubOperation): SourceResult {
    return attempt.verdict === 'serve' ? { attempt, answer: attempt.readAs?.(operation) } : { attempt };
  }

  /** Whether texts of the client may be sent to a source. Otherwise they name an account that only this hub has. */
  maySendTexts(source: Source, texts: readonly string[]): boolean {
    return maySendTexts(this.policy, source, texts);
  }

  /** Whether requests for this repository would be sent to this source. If not, it must not be listed from there either. */
  mayServe(source: Source, repo: RepoId): boolean {
    return sourcesFor(this.policy, [source], repo.namespace).length > 0 && allowsRepo(source, repo);
  }
}

function addFacts(facts: RequestFacts, { operation }: SourceRequest, attempts: readonly Attempt[]): void {
  facts.operation = operation.kind;
  facts.source = attempts
    .filter(({ verdict }) => verdict === 'serve')
    .map(({ source }) => source.name)
    .join(', ');
}
