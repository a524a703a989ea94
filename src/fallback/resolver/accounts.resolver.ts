import { Injectable } from '@nestjs/common';
import { AnswerMemory } from '../cache/answer-memory.service.js';
import { FallbackSourcesService } from '../sources/fallback-sources.service.js';
import type { SourceAccount } from '../../domain/account.js';
import type { Attempt } from '../../domain/attempt.js';
import type { HubError } from '../../domain/hub-error.js';
import type { Source } from '../../domain/source.js';
import { accountKey } from '../cache/binding-key.js';
import { isAccountName } from '../../domain/account-name.js';
import { chooseFailure } from '../../domain/choose-failure.js';
import { hubDependsOnCaller } from '../../domain/order-sources.js';
import { isInconclusive } from './walk-chain.js';
import { AccountProbe, type AccountQuery } from './account-probe.service.js';
import { ChainService } from './chain.service.js';
import { FallbackMetrics } from './fallback-metrics.service.js';
import { SourceFanOut } from './source-fan-out.service.js';
import type { RequestContext } from './fallback-request.js';
import { SingleFlight } from '../../platform/async/single-flight.js';

/** An account, and whose it is. */
export interface ExternalAccount {
  readonly source: Source;
  readonly account: SourceAccount;
}

/** Who asks for which account. */
export type AccountQuestion = RequestContext & AccountQuery;

/** What came of looking for an account. */
interface AccountSearch {
  readonly attempts: readonly Attempt[];
  readonly found?: ExternalAccount;
  readonly error?: HubError;
}

/**
 * Finds accounts that the hub does not have at its sources: the first that has one of this name, user or organization, speaks for it,
 * and is remembered for as long as a binding. Who asks for the same at the same time shares the search.
 */
@Injectable()
export class AccountsResolver {
  private readonly searches = new SingleFlight<AccountSearch>();

  constructor(
    private readonly inquiries: SourceFanOut,
    private readonly sources: FallbackSourcesService,
    private readonly memory: AnswerMemory,
    private readonly chain: ChainService,
    private readonly probe: AccountProbe,
    private readonly metrics: FallbackMetrics,
  ) {}

  /**
   * The account; undefined when no source may be asked, so that the hub's own "not found" stands.
   *
   * @throws HubError `NotFound` when no source has it, otherwise what the sources said
   */
  async find(question: AccountQuestion): Promise<ExternalAccount | undefined> {
    const { name, caller, signal, observe, facts } = question;
    const candidates = isAccountName(name) ? this.inquiries.eligibleSources({ ...question, namespace: name }) : [];
    if (candidates.length === 0) return undefined;
    const key = accountKey(name, hubDependsOnCaller(this.sources.sources(), name), caller);
    if (facts) facts.operation = 'userProfile';
    const known = this.memory.recall<ExternalAccount>(key);
    const { attempts, found, error } = known
      ? { attempts: [], found: known }
      : await this.searches.join(key, signal, (shared) => this.search(key, candidates, question, shared));
    observe?.(attempts);
    if (error) throw error;
    if (facts) facts.source = found?.source.name;
    return found;
  }

  private async search(
    key: string,
    candidates: readonly Source[],
    { name, expected, via }: AccountQuestion,
    signal: AbortSignal,
  ): Promise<AccountSearch> {
    const { generation } = this.memory;
    const { attempts: steps, chosen } = await this.metrics.trace('userProfile', () =>
      this.chain.walkWith(candidates, (source, context) => this.probe.attempt(source, { name, expected }, context), {
        via,
        signal,
      }),
    );
    const attempts = steps.flatMap((step) => step.attempts);
    if (!chosen?.account) {
      const error = chooseFailure(attempts, 'userProfile');
      if (error.code === 'NotFound') this.memory.remember(key, error, { generation, bytes: 0 });
      return { attempts, error };
    }
    const found = { source: chosen.source, account: chosen.account };
    const doubtful = chosen.doubtful || steps.some(isInconclusive);
    this.memory.remember(key, found, { generation, doubtful, bytes: JSON.stringify(found.account).length });
    return { attempts, found };
  }
}
