import { Inject, Injectable } from '@nestjs/common';
import { FallbackSourcesService } from '../sources/fallback-sources.service.js';
import type { Attempt } from '../../domain/attempt.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { ProfileOperation } from '../../domain/operation.js';
import type { Operation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import { chooseFailure } from '../../domain/choose-failure.js';
import type { FallbackPolicy } from './fallback-allowed.js';
import { orderHubSources, orderSources } from '../../domain/order-sources.js';
import { errorAnswer } from '../../platform/http/hub-error.filter.js';
import { SourceTokens } from '../upstream/source-tokens.js';
import { UpstreamClient, type SendContext } from '../upstream/upstream-client.js';
import { AccountProbe } from './account-probe.service.js';
import { ChainService } from './chain.service.js';
import { conclude } from './conclude.js';
import { FALLBACK_POLICY } from './fallback-policy.js';
import type { ChainDryRunResult } from './fallback-request.js';

/** A source that is tried before it is saved. Its key is nobody else's. */
export interface DraftSource {
  readonly source: Source;
  readonly token?: string;
}

export interface ChainDryRunRequest {
  readonly operation: Operation | ProfileOperation;
  readonly caller: Caller;
  /** Tried in place of the configured sources. */
  readonly sources?: readonly DraftSource[];
}

/** The admin's dry run: the production walker, without hedging, cache or binding. */
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

  async rehearse({ operation, caller, sources }: ChainDryRunRequest): Promise<ChainDryRunResult> {
    const started = performance.now();
    const returns = (sources ?? []).map(({ source, token }) => (token ? this.tokens.lend(source, token) : () => {}));
    try {
      const offered = sources?.map(({ source }) => source) ?? this.sources.sources();
      const walked = await ('repo' in operation
        ? this.walk(operation, orderSources(this.unless(operation.repo.namespace, offered), operation.repo, caller))
        : this.search(operation, orderHubSources(this.unless(operation.name, offered), operation.name, caller)));
      return { ...walked, ms: Math.round(performance.now() - started) };
    } finally {
      for (const giveBack of returns) giveBack();
      for (const { source } of sources ?? []) this.upstream.forget(source.key);
    }
  }

  /** A reserved name leaves the hub for nobody. */
  private unless(reserved: string, sources: readonly Source[]): readonly Source[] {
    return this.policy.isReserved(reserved) ? [] : sources;
  }

  private async walk(operation: Operation, candidates: readonly Source[]): Promise<Walk> {
    const { attempts, chosen } = await this.chain.walk(candidates, { operation, via: [] }, nobodyLeaves(), 0);
    return { attempts, chosen, final: finalOf(attempts, operation, chosen) };
  }

  private async search({ name }: ProfileOperation, candidates: readonly Source[]): Promise<Walk> {
    const probe = (source: Source, context: SendContext) =>
      this.accounts.attempt(source, { name, expected: 'user' }, context);
    const walked = await this.chain.walkWith(candidates, probe, { via: [], signal: nobodyLeaves() }, 0);
    const attempts = walked.attempts.flatMap((step) => step.attempts);
    const chosen = walked.chosen?.attempts.find(({ verdict }) => verdict === 'serve');
    return { attempts, chosen, final: chosen ? { status: 200 } : failed(chooseFailure(attempts, 'userProfile')) };
  }
}

type Walk = Omit<ChainDryRunResult, 'ms'>;

const nobodyLeaves = (): AbortSignal => new AbortController().signal;

const failed = (error: HubError): ChainDryRunResult['final'] => ({
  ...{ status: errorAnswer(error).status, code: error.code, message: error.message },
});

function finalOf(attempts: readonly Attempt[], operation: Operation, chosen?: Attempt): ChainDryRunResult['final'] {
  try {
    if (!chosen) throw chooseFailure(attempts, operation.kind);
    return { status: conclude(chosen, operation).status };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return failed(error);
  }
}
