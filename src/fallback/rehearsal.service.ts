import { Inject, Injectable } from '@nestjs/common';
import { FallbackSourcesService } from '../fallback-sources/fallback-sources.service.js';
import type { Attempt } from '../hub/language/attempt.js';
import type { Caller } from '../hub/language/caller.js';
import { HubError } from '../hub/language/hub-error.js';
import type { Operation } from '../hub/language/operation.js';
import type { Source } from '../hub/language/source.js';
import type { RepoId } from '../hub/language/repo-id.js';
import { chooseFailure } from '../hub/rules/choose-failure.js';
import type { FallbackPolicy } from '../hub/rules/fallback-allowed.js';
import { orderSources } from '../hub/rules/order-sources.js';
import { errorAnswer } from '../platform/http/hub-error.filter.js';
import { SourceTokens } from '../platform/upstream/source-tokens.js';
import { UpstreamClient } from '../platform/upstream/upstream-client.js';
import { ChainService } from './chain.service.js';
import { conclude } from './conclude.js';
import { FALLBACK_POLICY } from './fallback-policy.js';
import type { Rehearsal } from './question.js';

/** A source that is tried before it is saved. Its key is nobody else's. */
export interface DraftSource {
  readonly source: Source;
  readonly token?: string;
}

export interface RehearsalRequest {
  readonly operation: Operation;
  readonly caller: Caller;
  /** Tried in place of the configured sources. */
  readonly sources?: readonly DraftSource[];
}

/** The admin's dry run: the production walker, without hedging, cache or binding. */
@Injectable()
export class RehearsalService {
  constructor(
    @Inject(FALLBACK_POLICY) private readonly policy: FallbackPolicy,
    private readonly sources: FallbackSourcesService,
    private readonly chain: ChainService,
    private readonly tokens: SourceTokens,
    private readonly upstream: UpstreamClient,
  ) {}

  async rehearse({ operation, caller, sources }: RehearsalRequest): Promise<Rehearsal> {
    const started = performance.now();
    const returns = (sources ?? []).map(({ source, token }) => (token ? this.tokens.lend(source, token) : () => {}));
    try {
      const candidates = this.candidates(operation.repo, sources, caller);
      const walked = await this.chain.walk(candidates, { operation, via: [] }, new AbortController().signal, 0);
      return {
        ...walked,
        final: finalOf(walked.attempts, operation, walked.chosen),
        ms: Math.round(performance.now() - started),
      };
    } finally {
      for (const giveBack of returns) giveBack();
      for (const { source } of sources ?? []) this.upstream.forget(source.key);
    }
  }

  /** A reserved name leaves the hub for nobody. */
  private candidates(repo: RepoId, drafts: RehearsalRequest['sources'], caller: Caller): Source[] {
    if (this.policy.isReserved(repo.namespace)) return [];
    return orderSources(drafts?.map(({ source }) => source) ?? this.sources.sources(), repo, caller);
  }
}

function finalOf(attempts: readonly Attempt[], operation: Operation, chosen?: Attempt): Rehearsal['final'] {
  try {
    if (!chosen) throw chooseFailure(attempts, operation.kind);
    return { status: conclude(chosen, operation).status };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { status: errorAnswer(error).status, code: error.code, message: error.message };
  }
}
