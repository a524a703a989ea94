import { Inject, Injectable } from '@nestjs/common';
import type { Attempt } from '../../domain/attempt.js';
import type { Caller } from '../../domain/caller.js';
import { chooseFailure } from '../../domain/choose-failure.js';
import { HubError } from '../../domain/hub-error.js';
import type { Operation, ProfileOperation } from '../../domain/operation.js';
import { orderHubSources, orderSources } from '../../domain/order-sources.js';
import type { Source, SourceSecrets } from '../../domain/source.js';
import { toErrorResponse } from '../../platform/http/hub-error.filter.js';
import { FallbackSourcesService } from '../sources/fallback-sources.service.js';
import { SourceTokens } from '../upstream/source-tokens.js';
import { UpstreamClient } from '../upstream/upstream-client.js';
import { AccountProbe } from './account-probe.service.js';
import { ChainService } from './chain.service.js';
import { conclude } from './conclude.js';
import { sourcesFor, type FallbackPolicy } from './fallback-allowed.js';
import { FALLBACK_POLICY } from './fallback-policy.js';
import type { ChainDryRunResult } from './fallback-request.js';

/** A source that has not been saved. Its key is used by no other source. */
export interface DraftSource {
  readonly source: Source;
  readonly secrets: SourceSecrets;
}

export interface ChainDryRunRequest {
  readonly operation: Operation | ProfileOperation;
  readonly caller: Caller;
  /** Used instead of the configured sources. */
  readonly sources?: readonly DraftSource[];
}

/** Runs the chain for administrators as in production, but without hedging, cache and binding. */
@Injectable()
export class ChainDryRun {
  constructor(
    @Inject(FALLBACK_POLICY) private readonly policy: FallbackPolicy,
    private readonly sources: FallbackSourcesService,
    private readonly chain: ChainService,
    private readonly accounts: AccountProbe,
    private readonly tokens: SourceTokens,
    private readonly upstream: UpstreamClient,
  ) {}

  /** All attempts, and what a client would receive. */
  async run({ operation, caller, sources: drafts }: ChainDryRunRequest): Promise<ChainDryRunResult> {
    const started = performance.now();
    const releases = (drafts ?? []).map(({ source, secrets }) => this.tokens.addTemporarily(source, secrets));
    try {
      const sources = drafts?.map(({ source }) => source) ?? this.sources.sources();
      const result = await ('repo' in operation
        ? this.walk(operation, orderSources(this.allowed(operation.repo.namespace, sources), operation.repo, caller))
        : this.search(operation, orderHubSources(this.allowed(operation.name, sources), operation.name, caller)));
      return { ...result, ms: Math.round(performance.now() - started) };
    } finally {
      for (const release of releases) release();
      for (const { source } of drafts ?? []) this.upstream.forget(source.key);
      if (drafts) this.upstream.closeUnused(this.sources.sources());
    }
  }

  private allowed(namespace: string, sources: readonly Source[]): readonly Source[] {
    return sourcesFor(this.policy, sources, namespace);
  }

  private async walk(operation: Operation, candidates: readonly Source[]): Promise<UntimedResult> {
    const { attempts, chosen } = await this.chain.dryRun(candidates, operation);
    return { attempts, chosen, final: finalOf(attempts, operation, chosen) };
  }

  private async search({ name }: ProfileOperation, candidates: readonly Source[]): Promise<UntimedResult> {
    const walk = await this.chain.dryRunWith(candidates, (source, context) =>
      this.accounts.attempt(source, { name, expected: 'user' }, context),
    );
    const attempts = walk.attempts.flatMap((step) => step.attempts);
    const chosen = walk.chosen?.attempts.find(({ verdict }) => verdict === 'serve');
    return { attempts, chosen, final: chosen ? { status: 200 } : failureOf(chooseFailure(attempts, 'userProfile')) };
  }
}

type UntimedResult = Omit<ChainDryRunResult, 'ms'>;

const failureOf = (error: HubError): ChainDryRunResult['final'] => ({
  status: toErrorResponse(error).status,
  code: error.code,
  message: error.message,
});

function finalOf(attempts: readonly Attempt[], operation: Operation, chosen?: Attempt): ChainDryRunResult['final'] {
  try {
    if (!chosen) throw chooseFailure(attempts, operation.kind);
    return { status: conclude(chosen, operation).status };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return failureOf(error);
  }
}
