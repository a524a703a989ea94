import { Inject, Injectable } from '@nestjs/common';
import { FallbackCacheService } from '../cache/fallback-cache.service.js';
import { ProbeTurns } from '../cache/probe-turns.service.js';
import { FallbackSourcesService } from '../sources/fallback-sources.service.js';
import type { Caller } from '../../domain/caller.js';
import type { ProfileOperation } from '../../domain/operation.js';
import type { FileOperation, Operation } from '../../domain/operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { bindingKey } from '../cache/binding-key.js';
import { fallbackAllowed, type FallbackPolicy } from './fallback-allowed.js';
import { dependsOnCaller, orderSources } from '../../domain/order-sources.js';
import { ChainService } from './chain.service.js';
import { conclude } from './conclude.js';
import { FALLBACK_POLICY } from './fallback-policy.js';
import {
  probeKey,
  isProbe,
  type SourceReply,
  type RepoMatch,
  type FallbackRequest,
  type ChainDryRunResult,
  type RepoSearchResult,
  type FallbackStatus,
} from './fallback-request.js';
import { ChainDryRun, type ChainDryRunRequest } from './chain-dry-run.service.js';
import { SingleFlight } from '../../platform/async/single-flight.js';

/** A question together with the sources that apply to it, and the name of its binding. */
interface Asked {
  readonly question: FallbackRequest;
  readonly candidates: readonly Source[];
  readonly key: string;
}

/** A search, and the question whose probe it was made with. */
type SharedSearch = RepoSearchResult & { readonly probe: string };

/**
 * Answers from sources what the hub does not have itself. A repository is bound to the first source that has it, and while bound its
 * every answer comes from there (law 3). Who asks for an unbound one at the same time shares the search.
 */
@Injectable()
export class FallbackResolver {
  private readonly searches = new SingleFlight<SharedSearch>();

  constructor(
    @Inject(FALLBACK_POLICY) private readonly policy: FallbackPolicy,
    private readonly sources: FallbackSourcesService,
    private readonly cache: FallbackCacheService,
    private readonly turns: ProbeTurns,
    private readonly chain: ChainService,
    private readonly rehearsals: ChainDryRun,
  ) {}

  /**
   * The answer of the source that has the repository; undefined when no source may be asked, so that the hub's own "not found" stands.
   *
   * @throws HubError what the sources said, when none of them serves
   */
  async answer(question: FallbackRequest): Promise<SourceReply | undefined> {
    const located = await this.locate(question);
    if (!located) return undefined;
    const { source, reply } = located;
    return { source, reply: reply && isProbe(question.operation) ? reply : await this.ask(source, question) };
  }

  /**
   * The source that a repository is bound to, or is bound to now. Undefined as in `answer`.
   *
   * @throws HubError what the sources said, when none of them has it
   */
  async locate(question: FallbackRequest): Promise<RepoMatch | undefined> {
    const asked = this.prepare(question);
    if (!asked) return undefined;
    const { facts } = question;
    if (facts) facts.operation = question.operation.kind;
    const located = await this.locateAsked(asked);
    if (facts) facts.source = located.source.name;
    return located;
  }

  private async locateAsked(asked: Asked): Promise<RepoMatch> {
    const { question } = asked;
    const { binding, denial } = await this.cache.find(asked.key, () => probeKey(question.operation));
    const bound = binding && sourceOf(asked, binding.sourceKey);
    if (bound) return { source: bound };
    if (binding) await this.cache.unbind(asked.key);
    if (denial) throw denial;
    return this.search(asked);
  }

  /**
   * Context a repository's own source, and no other.
   *
   * @throws HubError what the source said, when it does not serve
   */
  async ask(source: Source, question: FallbackRequest): Promise<SourceReply['reply']> {
    const attempt = await this.chain.attempt(source, question);
    question.observe?.([attempt]);
    return conclude(attempt, question.operation);
  }

  /** Where a source itself has a file. */
  fileUrl(source: Source, operation: FileOperation): string {
    return this.chain.urlOf(source, operation);
  }

  /** Where git clones a repository from a source itself. */
  gitUrl(source: Source, repo: RepoId): string {
    return this.chain.gitUrlOf(source, repo);
  }

  /** The admin's dry run: every attempt and what a client would get. Nothing is bound. */
  rehearse(request: ChainDryRunRequest): Promise<ChainDryRunResult> {
    return this.rehearsals.rehearse(request);
  }

  /** Where a question stands before any source is asked. Nothing is counted, and no source hears of it. */
  async standing(operation: Operation | ProfileOperation, caller: Caller): Promise<FallbackStatus> {
    const namespace = 'repo' in operation ? operation.repo.namespace : operation.name;
    if (!fallbackAllowed(this.policy, { caller, via: [], parameter: undefined, namespace })) return { mayAsk: false };
    if (!('repo' in operation)) return { mayAsk: true };
    const { repo } = operation;
    const all = this.sources.sources();
    const { binding } = await this.cache.peek(bindingKey(repo, dependsOnCaller(all, repo), caller));
    return { mayAsk: true, bound: all.find(({ key }) => key === binding?.sourceKey) };
  }

  private prepare(question: FallbackRequest): Asked | undefined {
    const { caller, via, parameter, operation } = question;
    const { repo } = operation;
    if (!fallbackAllowed(this.policy, { caller, via, parameter, namespace: repo.namespace })) return undefined;
    const all = this.sources.sources();
    const candidates = orderSources(all, repo, caller);
    if (candidates.length === 0) return undefined;
    return { question, candidates, key: bindingKey(repo, dependsOnCaller(all, repo), caller) };
  }

  private async search(asked: Asked): Promise<RepoMatch> {
    const { key, question } = asked;
    const mine = probeKey(question.operation);
    const find = (name: string): Promise<SharedSearch> =>
      this.searches.join(name, question.signal, (signal) =>
        this.turns.take({ name, look: () => this.look(asked), search: () => this.walk(asked, signal) }, signal),
      );
    const search = await find(key);
    // That another file is missing everywhere says nothing of this one.
    const anothers = search.probe !== mine && !search.found && search.error.code === 'EntryNotFound';
    return this.locatedBy(anothers ? await find(`${key}:${mine}`) : search, question);
  }

  private locatedBy(search: SharedSearch, question: FallbackRequest): RepoMatch {
    question.observe?.(search.attempts);
    if (!search.found) throw search.error;
    const last = search.probe === probeKey(question.operation) ? search.attempts.at(-1) : undefined;
    return { source: search.found, reply: last && conclude(last, question.operation) };
  }

  /** What somebody else has found since the caller looked, here or on another replica. */
  private async look(asked: Asked): Promise<SharedSearch | undefined> {
    const probe = probeKey(asked.question.operation);
    const { binding, denial } = await this.cache.peek(asked.key, () => probe);
    const found = binding && sourceOf(asked, binding.sourceKey);
    if (found) return { found, attempts: [], probe };
    return denial && { error: denial, attempts: [], probe };
  }

  private async walk({ key, question, candidates }: Asked, signal: AbortSignal): Promise<SharedSearch> {
    const { generation } = this.cache;
    const probe = probeKey(question.operation);
    const search = await this.chain.search(candidates, question, signal);
    if (search.found) await this.cache.bind(key, search.found.key, generation, search.doubtful);
    else if (search.error.code === 'RepoNotFound') await this.cache.deny(key, search.error, generation);
    else if (search.error.code === 'EntryNotFound') await this.cache.deny(`${key}:${probe}`, search.error, generation);
    return { ...search, probe };
  }
}

const sourceOf = ({ candidates }: Asked, key: string): Source | undefined =>
  candidates.find((source) => source.key === key);
