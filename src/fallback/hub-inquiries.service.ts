import { Inject, Injectable } from '@nestjs/common';
import { FallbackSourcesService } from '../fallback-sources/fallback-sources.service.js';
import type { Attempt } from '../hub/language/attempt.js';
import type { HubOperation } from '../hub/language/hub-operation.js';
import type { RepoId } from '../hub/language/repo-id.js';
import type { Source } from '../hub/language/source.js';
import { fallbackAllowed, type FallbackPolicy } from '../hub/rules/fallback-allowed.js';
import { admits, orderHubSources } from '../hub/rules/order-sources.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { ChainService } from './chain.service.js';
import { FALLBACK_POLICY } from './fallback-policy.js';
import { inParallel } from './in-parallel.js';
import type { HubQuestion } from './question.js';

/** One source, and what it is to be asked. */
export interface Inquiry {
  readonly source: Source;
  readonly operation: HubOperation;
}

/**
 * Puts questions about no particular repository to all sources together, each with its own token. What comes of it are attempts: a
 * source that fails is one of them, not an error, and no repository is bound. `conclude`'s counterpart is up to who asked.
 */
@Injectable()
export class HubInquiries {
  constructor(
    @Inject(FALLBACK_POLICY) private readonly policy: FallbackPolicy,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly sources: FallbackSourcesService,
    private readonly chain: ChainService,
  ) {}

  /** The sources that may be asked, in the order in which they count; none where the question must not leave the hub. */
  sourcesFor(question: HubQuestion): Source[] {
    if (!fallbackAllowed(this.policy, question)) return [];
    return orderHubSources(this.sources.sources(), question.namespace, question.caller);
  }

  /** Asks every source that applies the same, at the same time. The attempts stand in the sources' order. */
  askAll(question: HubQuestion, operation: HubOperation): Promise<Attempt[]> {
    return this.askEach(
      question,
      this.sourcesFor(question).map((source) => ({ source, operation })),
    );
  }

  /** Asks each source its own, at the same time and within the deadline of a chain. The attempts stand in the same order. */
  async askEach(question: HubQuestion, inquiries: readonly Inquiry[]): Promise<Attempt[]> {
    const { via, signal } = question;
    const attempts = await inParallel(inquiries, this.config.fallback.maxConcurrent, ({ source, operation }) =>
      this.chain.attempt(source, { operation, via, signal }),
    );
    question.observe?.(attempts);
    return attempts;
  }

  /** Would a question about this repository be put to this source? What it lists besides is not to be had from it here. */
  mayAnswerFor(source: Source, repo: RepoId): boolean {
    return !this.policy.isReserved(repo.namespace) && admits(source, repo);
  }
}
