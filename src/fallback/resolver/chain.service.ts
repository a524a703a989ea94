import { Inject, Injectable } from '@nestjs/common';
import type { Attempt } from '../../domain/attempt.js';
import type { AnyOperation } from '../../domain/operation.js';
import type { Operation } from '../../domain/operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { chooseFailure } from '../../domain/choose-failure.js';
import { isInconclusive, walkChain, type Step, type ChainWalk } from './walk-chain.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { setCancelableTimeout } from '../../platform/async/set-cancelable-timeout.js';
import type { SendContext } from '../upstream/upstream-client.js';
import { probeFor, type FallbackRequest, type RepoSearchResult } from './fallback-request.js';
import { CachingProbe } from './caching-probe.service.js';
import { SourceProbe } from './source-probe.service.js';

/** What is asked, and through which hubs. */
type SourceRequest = Pick<FallbackRequest, 'operation' | 'via'>;

/** One question to one source. */
type Put = Pick<FallbackRequest, 'via' | 'signal'> & { readonly operation: AnyOperation };

/** Walks chains of real sources: the same walker for production and for the admin's dry run (law 2). */
@Injectable()
export class ChainService {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly probe: SourceProbe,
    private readonly remembering: CachingProbe,
  ) {}

  /** Context one source, within the deadline, unless what it says is remembered. */
  attempt(source: Source, { operation, via, signal }: Put): Promise<Attempt> {
    return this.remembering.cachedOrSend(source, operation, { via, signal, deadlineAt: this.deadline() });
  }

  urlOf(source: Source, operation: Operation): string {
    return this.probe.urlOf(source, operation);
  }

  gitUrlOf(source: Source, repo: RepoId): string {
    return this.probe.gitUrlOf(source, repo);
  }

  /** Finds the source that has a repository. `doubtful`: an earlier source could not answer and might have had it. */
  async search(
    candidates: readonly Source[],
    inquiry: SourceRequest,
    signal: AbortSignal,
  ): Promise<RepoSearchResult & { doubtful: boolean }> {
    const asked = probeFor(inquiry.operation);
    const probe = (source: Source, context: SendContext) => this.remembering.sendOrCached(source, asked, context);
    const { attempts, chosen } = await this.walkWith(candidates, probe, { via: inquiry.via, signal });
    if (!chosen) return { attempts, error: chooseFailure(attempts, inquiry.operation.kind), doubtful: false };
    return { attempts, found: chosen.source, doubtful: attempts.some((one) => isInconclusive(one) || isRecalled(one)) };
  }

  /** One source after the other, within the deadline of a whole chain, and nothing from memory. */
  walk(
    candidates: readonly Source[],
    { operation, via }: SourceRequest,
    signal: AbortSignal,
    hedgeMs?: number,
  ): Promise<ChainWalk<Attempt>> {
    const asked = probeFor(operation);
    const probe = (source: Source, context: SendContext) => this.probe.attempt(source, asked, context);
    return this.walkWith(candidates, probe, { via, signal }, hedgeMs);
  }

  /** The same with whatever has to be asked of each source. */
  walkWith<S extends Step>(
    candidates: readonly Source[],
    probe: (source: Source, context: SendContext) => Promise<S>,
    { via, signal }: Pick<SendContext, 'via' | 'signal'>,
    hedgeMs: number = this.config.fallback.hedgeMs,
  ): Promise<ChainWalk<S>> {
    const { maxConcurrent } = this.config.fallback;
    const deadlineAt = this.deadline();
    return walkChain<Source, S>({
      ...{ candidates, hedgeMs, maxConcurrent, after: setCancelableTimeout },
      probe: (source, own) => probe(source, { via, signal: AbortSignal.any([own, signal]), deadlineAt }),
    });
  }

  private deadline(): number {
    return performance.now() + this.config.fallback.deadlineMs;
  }
}

/** Its source could not answer now, but had answered before. */
const isRecalled = ({ outcome }: Attempt): boolean => outcome.kind === 'reply' && outcome.age !== undefined;
