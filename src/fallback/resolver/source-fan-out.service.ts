import { Inject, Injectable } from '@nestjs/common';
import { FallbackSourcesService } from '../sources/fallback-sources.service.js';
import type { Attempt } from '../../domain/attempt.js';
import type { HubOperation } from '../../domain/operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { fallbackAllowed, type FallbackPolicy } from './fallback-allowed.js';
import { admits, orderHubSources } from '../../domain/order-sources.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { RequestFacts } from '../../platform/http/hub-request.js';
import { strategyFor } from '../strategies/strategies.js';
import { ChainService } from './chain.service.js';
import { FallbackMetrics } from './fallback-metrics.service.js';
import { FALLBACK_POLICY } from './fallback-policy.js';
import { mapConcurrently } from '../../platform/async/map-concurrently.js';
import type { NamespaceContext } from './fallback-request.js';

/** What came of asking one source. */
export interface SourceResult {
  readonly attempt: Attempt;
  /** What it said, as its strategy's `decode` gives it; absent where it does not serve. */
  readonly answer?: unknown;
}

/** One source, and what it is to be asked. */
export interface SourceRequest {
  readonly source: Source;
  readonly operation: HubOperation;
}

/**
 * Puts questions about no particular repository to all sources together, each with its own token. A source
 * that fails is an attempt like another, not an error, and no repository is bound.
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

  /** The sources that may be asked, in the order in which they count; none where the question must not leave the hub. */
  eligibleSources(question: NamespaceContext): Source[] {
    if (!fallbackAllowed(this.policy, question)) return [];
    return orderHubSources(this.sources.sources(), question.namespace, question.caller);
  }

  /** Context every source that applies the same, at the same time. What they say stands in the sources' order. */
  sendToAll(question: NamespaceContext, operation: HubOperation): Promise<SourceResult[]> {
    return this.sendEach(
      question,
      this.eligibleSources(question).map((source) => ({ source, operation })),
    );
  }

  /** Context each source its own, at the same time and within the deadline of a chain; what they say stands in the same order. */
  async sendEach(question: NamespaceContext, inquiries: readonly SourceRequest[]): Promise<SourceResult[]> {
    const { via, signal } = question;
    const { maxConcurrent } = this.config.fallback;
    const ask = (): Promise<SourceResult[]> =>
      mapConcurrently(inquiries, maxConcurrent, async ({ source, operation }) =>
        toldBy(await this.chain.attempt(source, { operation, via, signal }), operation),
      );
    const [first] = inquiries;
    if (!first) return [];
    const told = await this.metrics.trace(first.operation.kind, ask);
    const attempts = told.map(({ attempt }) => attempt);
    attempts.forEach((attempt, n) =>
      this.metrics.note(inquiries[n]!.operation.kind, attempt.verdict === 'serve' ? 'served' : attempt.category),
    );
    question.observe?.(attempts);
    if (question.facts) noteIn(question.facts, first, told);
    return told;
  }

  /** Does one answer of this source hold an account's repositories of every type? */
  listsAllTypesTogether({ type }: Source): boolean {
    return strategyFor(type).userReposReply === 'all-types';
  }

  /** What an attempt says to an operation that was put with it, or together with that. */
  read(attempt: Attempt, operation: HubOperation): SourceResult {
    return toldBy(attempt, operation);
  }

  /** Would a question about this repository be put to this source? What it lists besides is not to be had from it here. */
  mayServe(source: Source, repo: RepoId): boolean {
    return !this.policy.isReserved(repo.namespace) && admits(source, repo);
  }
}

function noteIn(facts: RequestFacts, { operation }: SourceRequest, told: readonly SourceResult[]): void {
  facts.operation = operation.kind;
  facts.source = told
    .filter(({ attempt }) => attempt.verdict === 'serve')
    .map(({ attempt }) => attempt.source.name)
    .join(', ');
}

function toldBy(attempt: Attempt, operation: HubOperation): SourceResult {
  return attempt.verdict === 'serve' ? { attempt, answer: attempt.readAs?.(operation) } : { attempt };
}
