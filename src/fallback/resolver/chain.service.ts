import { Inject, Injectable } from '@nestjs/common';
import type { Attempt } from '../../domain/attempt.js';
import { chooseFailure } from '../../domain/choose-failure.js';
import type { AnyOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import { setCancelableTimeout } from '../../platform/async/set-cancelable-timeout.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { SendContext } from '../upstream/send-context.js';
import { CachingProbe } from './caching-probe.service.js';
import { probeFor, type FallbackRequest, type RepoSearchResult } from './fallback-request.js';
import { HedgeIntervals } from './hedge-intervals.service.js';
import { SourceProbe } from './source-probe.service.js';
import { isInconclusive } from './definitive-answer.js';
import { walkChain, type ChainWalk, type Step } from './walk-chain.js';

/** The part of a request's context that is not about what is requested. */
type Requester = Pick<SendContext, 'via' | 'signal' | 'client' | 'isBackground' | 'mustAsk' | 'isAwaited'>;

/** Sends an operation, or something else, to one source. */
type Probe<S> = (source: Source, context: SendContext) => Promise<S>;

/** Walks chains of sources, in production and in dry runs (invariant 2). */
@Injectable()
export class ChainService {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly probe: SourceProbe,
    private readonly cachingProbe: CachingProbe,
    private readonly intervals: HedgeIntervals,
  ) {}

  /** Sends an operation to one source, within the deadline, unless the reply is cached. */
  attempt(source: Source, request: Requester & { readonly operation: AnyOperation }): Promise<Attempt> {
    const { operation, via, signal, client, isBackground, mustAsk, isAwaited } = request;
    const context = { via, signal, client, isBackground, mustAsk, isAwaited, deadlineAt: this.deadline() };
    return this.cachingProbe.cachedOrSend(source, operation, context);
  }

  /**
   * Finds the source that has a repository. `isInconclusive` is true if a source of higher priority gave no definitive answer and might have
   * the repository.
   */
  async search(
    candidates: readonly Source[],
    {
      operation,
      via,
      client,
      isBackground,
      mustAsk,
    }: Pick<FallbackRequest, 'operation' | 'via' | 'client' | 'isBackground' | 'mustAsk'>,
    signal: AbortSignal,
  ): Promise<RepoSearchResult & { isInconclusive: boolean }> {
    const probed = probeFor(operation);
    const probe: Probe<Attempt> = (source, context) => this.cachingProbe.sendOrCached(source, probed, context);
    const { attempts, chosen } = await this.walkWith(candidates, probe, {
      via,
      signal,
      client,
      isBackground,
      mustAsk,
    });
    if (!chosen) return { attempts, error: chooseFailure(attempts, operation.kind), isInconclusive: false };
    const inconclusive = attempts.some((attempt) => isInconclusive(attempt) || isStale(attempt));
    return { attempts, found: chosen.source, isInconclusive: inconclusive };
  }

  /** Walks a chain strictly in order, without any cache, for a dry run. */
  dryRun(candidates: readonly Source[], operation: FallbackRequest['operation']): Promise<ChainWalk<Attempt>> {
    const probed = probeFor(operation);
    return this.dryRunWith(candidates, (source, context) => this.probe.attempt(source, probed, context));
  }

  /** Like `dryRun`, with any probe. */
  dryRunWith<S extends Step>(candidates: readonly Source[], probe: Probe<S>): Promise<ChainWalk<S>> {
    return this.walkWith(candidates, probe, { via: [], signal: new AbortController().signal }, 0);
  }

  /** Walks a chain with any probe, within the deadline. */
  async walkWith<S extends Step>(
    candidates: readonly Source[],
    probe: Probe<S>,
    { signal, ...context }: Requester,
    hedgeMs: number = this.config.fallback.hedgeMs,
  ): Promise<ChainWalk<S>> {
    const deadlineAt = this.deadline();
    const walk = await walkChain<Source, S>({
      candidates,
      hedgeMs,
      intervalMs: (source, isHedged) => this.intervals.intervalFor(source, isHedged),
      maxConcurrent: this.config.fallback.maxConcurrent,
      after: setCancelableTimeout,
      probe: (source, own) => probe(source, { ...context, signal: AbortSignal.any([own, signal]), deadlineAt }),
    });
    this.intervals.record(candidates, walk.attempts);
    return walk;
  }

  private deadline(): number {
    return performance.now() + this.config.fallback.deadlineMs;
  }
}

/** Whether the reply is a kept one because the source did not respond. */
export const isStale = ({ outcome }: Attempt): boolean => outcome.kind === 'reply' && outcome.freshness === 'stale';
