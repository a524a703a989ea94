import type { ClientKey } from '../../domain/client-key.js';
import { Inject, Injectable } from '@nestjs/common';
import type { Attempt } from '../../domain/attempt.js';
import type { Caller } from '../../domain/caller.js';
import type { Operation, ProfileOperation } from '../../domain/operation.js';
import { dependsOnCaller, orderSources } from '../../domain/order-sources.js';
import type { Source } from '../../domain/source.js';
import { SingleFlight } from '../../platform/async/single-flight.js';
import { bindingKey } from '../cache/binding-key.js';
import { FallbackCacheService } from '../cache/fallback-cache.service.js';
import { SearchLock } from '../cache/search-lock.service.js';
import { FallbackSourcesService } from '../sources/fallback-sources.service.js';
import { ChainService } from './chain.service.js';
import { conclude } from './conclude.js';
import {
  fallbackAllowed,
  fallbackRefusal,
  localNamespaceNote,
  maySendTexts,
  sourcesFor,
  type FallbackPolicy,
} from './fallback-allowed.js';
import { FALLBACK_POLICY } from './fallback-policy.js';
import {
  isProbe,
  probeFor,
  probeKey,
  type FallbackRequest,
  type FallbackStatus,
  type RepoMatch,
  type RepoSearchResult,
  type SourceReply,
} from './fallback-request.js';

/** A request, the sources that apply to it, and the key of its binding. */
interface ResolvedRequest {
  readonly request: FallbackRequest;
  readonly candidates: readonly Source[];
  readonly key: string;
}

/** A search, and the key of its probe. */
type ProbedSearch = RepoSearchResult & { readonly probe: string; readonly client?: ClientKey };

/**
 * Resolves requests for repositories that this hub does not have through sources. A repository is bound to the first source that has it.
 * While it is bound, all its replies come from this source (invariant 3). Concurrent requests for an unbound repository share one search.
 */
@Injectable()
export class FallbackResolver {
  private readonly searches = new SingleFlight<ProbedSearch>();
  private readonly probes = new SingleFlight<Attempt>();

  constructor(
    @Inject(FALLBACK_POLICY) private readonly policy: FallbackPolicy,
    private readonly sources: FallbackSourcesService,
    private readonly cache: FallbackCacheService,
    private readonly lock: SearchLock,
    private readonly chain: ChainService,
  ) {}

  /**
   * The reply of the source that has the repository; `undefined` if no source may be used, so that the hub's own "not found" is final.
   * @throws HubError the strongest error of the sources if none of them serves the request
   */
  async resolve(request: FallbackRequest): Promise<SourceReply | undefined> {
    const match = await this.locate(request);
    if (!match) return undefined;
    const { source, reply } = match;
    return { source, reply: reply && isProbe(request.operation) ? reply : await this.fetchFrom(source, request) };
  }

  /** Whether texts of the client, other than the id of a repository, may be sent to the source that has a repository of this namespace. */
  maySendTexts(namespace: string, texts: readonly string[]): boolean {
    return maySendTexts(this.policy, { namespace }, texts);
  }

  /**
   * The source that a repository is bound to, binding it if necessary. Returns `undefined` like `answer`.
   * @throws HubError the strongest error of the sources if none of them has the repository
   */
  async locate(request: FallbackRequest): Promise<RepoMatch | undefined> {
    const resolved = this.selectSources(request);
    if (!resolved) return undefined;
    const { facts } = request;
    if (facts) facts.operation = request.operation.kind;
    const match = await this.match(resolved);
    if (facts) facts.source = match.source.name;
    return match;
  }

  /**
   * The reply of the source that the repository is bound to.
   * @throws HubError if the source does not serve the request
   */
  async fetchFrom(source: Source, request: FallbackRequest): Promise<SourceReply['reply']> {
    const attempt = await this.chain.attempt(source, request);
    request.observe?.([attempt]);
    return conclude(attempt, request.operation);
  }

  /**
   * The reply to `probeFor(operation)` of the source that the repository is bound to. Concurrent calls for the same probe share one request.
   * @throws HubError if the source does not serve the probe
   */
  async probe(source: Source, request: FallbackRequest): Promise<SourceReply['reply']> {
    const operation = probeFor(request.operation);
    const key = JSON.stringify([source.key, operation.repo, probeKey(operation), request.via, request.isBackground]);
    const attempt = await this.probes.join(key, request.signal, (signal) =>
      this.chain.attempt(source, { ...request, operation, signal }),
    );
    request.observe?.([attempt]);
    return conclude(attempt, operation);
  }

  /** Returns what the hub would do with a request, without sending it to a source. Not counted as a cache lookup. */
  async status(operation: Operation | ProfileOperation, caller: Caller): Promise<FallbackStatus> {
    const namespace = 'repo' in operation ? operation.repo.namespace : operation.name;
    const refusal = fallbackRefusal(this.policy, { caller, via: [], parameter: undefined, namespace });
    if (refusal) return { isAllowed: false, reason: refusal };
    const status = { isAllowed: true, reason: localNamespaceNote(this.policy, namespace) };
    if (!('repo' in operation)) return status;
    const { repo } = operation;
    const all = this.sources.sources();
    const { binding } = await this.cache.peek(bindingKey(repo, dependsOnCaller(all, repo), caller));
    const usable = sourcesFor(this.policy, all, namespace);
    return { ...status, bound: usable.find(({ key }) => key === binding?.sourceKey) };
  }

  private selectSources(request: FallbackRequest): ResolvedRequest | undefined {
    const { caller, via, parameter, operation } = request;
    const { repo } = operation;
    if (!fallbackAllowed(this.policy, { caller, via, parameter, namespace: repo.namespace })) return undefined;
    const all = this.sources.sources();
    const candidates = orderSources(sourcesFor(this.policy, all, repo.namespace), repo, caller);
    if (candidates.length === 0) return undefined;
    return { request, candidates, key: bindingKey(repo, dependsOnCaller(all, repo), caller) };
  }

  private async match(resolved: ResolvedRequest): Promise<RepoMatch> {
    const { request, key } = resolved;
    const { binding, negative } = await this.cache.find(key, () => probeKey(request.operation));
    const source = binding && candidateWithKey(resolved, binding.sourceKey);
    if (source) return { source };
    if (binding) await this.cache.unbind(key);
    if (negative) throw negative;
    return this.search(resolved);
  }

  private async search(resolved: ResolvedRequest): Promise<RepoMatch> {
    const { key, request } = resolved;
    const probe = probeKey(request.operation);
    const shared = (name: string): Promise<ProbedSearch> =>
      this.searches.join(`${name}${request.isBackground ? ' background' : ''}`, request.signal, (signal) =>
        this.lock.run(
          { name, findCached: () => this.findCached(resolved), search: () => this.walk(resolved, signal) },
          signal,
        ),
      );
    const search = await shared(key);
    // The shared search may have been for another file. Its "file not found" does not apply to this file.
    const isOtherFile = search.probe !== probe && !search.found && search.error.code === 'EntryNotFound';
    if (isOtherFile) return matchOf(await shared(`${key}:${probe}`), request);
    return matchOf(isBusyFor(search, request) ? await shared(`${key}:${request.client}`) : search, request);
  }

  /** The result that another request, here or on another replica, has cached since this one checked the cache. */
  private async findCached(resolved: ResolvedRequest): Promise<ProbedSearch | undefined> {
    const probe = probeKey(resolved.request.operation);
    const { binding, negative } = await this.cache.peek(resolved.key, () => probe);
    const found = binding && candidateWithKey(resolved, binding.sourceKey);
    if (found) return { found, attempts: [], probe };
    return negative && { error: negative, attempts: [], probe };
  }

  private walk({ key, request, candidates }: ResolvedRequest, signal: AbortSignal): Promise<ProbedSearch> {
    const probe = probeKey(request.operation);
    return this.cache.search(async (record) => {
      const search = await this.chain.search(candidates, request, signal);
      if (search.found) await record.bind(key, search.found.key, search.isInconclusive);
      else if (search.error.code === 'RepoNotFound') await record.deny(key, search.error);
      else if (search.error.code === 'EntryNotFound') await record.deny(`${key}:${probe}`, search.error);
      return { ...search, probe, client: request.client };
    });
  }
}

/** Whether the shared search failed only because the client that began it uses its whole share of the connections. */
const isBusyFor = ({ client, attempts, found }: ProbedSearch, request: FallbackRequest): boolean =>
  !found && client !== request.client && attempts.some(({ outcome }) => 'isClientShare' in outcome);

function matchOf(search: ProbedSearch, request: FallbackRequest): RepoMatch {
  request.observe?.(search.attempts);
  if (!search.found) throw search.error;
  const last = search.probe === probeKey(request.operation) ? search.attempts.at(-1) : undefined;
  return { source: search.found, reply: last && conclude(last, request.operation) };
}

const candidateWithKey = ({ candidates }: ResolvedRequest, key: string): Source | undefined =>
  candidates.find((source) => source.key === key);
