import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { isCommitId } from '../../domain/commit-id.js';
import { isCached } from '../../domain/delivery.js';
import { HubError } from '../../domain/hub-error.js';
import type { Operation, RepoOperations } from '../../domain/operation.js';
import type { QueryPairs } from '../../domain/query.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { nextPageUrl } from '../../domain/rewrite-link.js';
import type { Source } from '../../domain/source.js';
import type { FallbackRequest } from '../../fallback/resolver/fallback-request.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { Deliveries } from '../../fallback/sources/deliveries.service.js';
import { RepoStore } from '../store/repo.store.js';
import { filesOfTree, pathFilter, type TreeFile } from './prefetch-file-list.js';
import type { PrefetchRepo } from './prefetch-job.entity.js';

/** Administrators may use sources that require users to sign in. */
const ADMINISTRATOR: Caller = { accountId: 'administrator' };
const RECURSIVE: QueryPairs = [['recursive', 'true']];
/** Files of a job. */
export const MAX_FILES = 100_000;

/** The files of a repository that a job caches. */
export interface PlannedRepo {
  readonly repo: RepoId;
  readonly source: Source;
  readonly commit: string;
  readonly files: readonly TreeFile[];
  /** Number of matching files that the source's settings do not cache. */
  readonly notCached: number;
}

/** Finds the files of repositories at sources. */
@Injectable()
export class PrefetchPlanner {
  constructor(
    private readonly resolver: FallbackResolver,
    private readonly deliveries: Deliveries,
    private readonly local: RepoStore,
  ) {}

  /** A request of a job. All of them are background work. */
  request<O extends Operation>(operation: O, signal: AbortSignal): FallbackRequest & { readonly operation: O } {
    return { operation, caller: ADMINISTRATOR, via: [], parameter: undefined, signal, isBackground: true };
  }

  /**
   * Resolves the revision to a commit, and lists the files. The replies are cached like those for clients.
   * @param mustAsk - whether the commit of a branch or tag is requested from the source, even if it is known from a reply that is fresh
   * @throws HubError if the repository cannot be read, or its source does not cache any of the files
   */
  async plan(
    { type, id, revision, files: patterns }: PrefetchRepo,
    signal: AbortSignal,
    mustAsk = false,
  ): Promise<PlannedRepo> {
    const repo = repoOf(type, id);
    if (await this.local.find(repo)) throw new HubError('BadRequest', `The ${type} "${id}" is on this hub itself.`);
    const { source, commit } = await this.pin(repo, revision, { signal, mustAsk: mustAsk && !isCommitId(revision) });
    const isSelected = pathFilter(patterns);
    const matching = (await this.list(source, { kind: 'tree', repo, rest: [commit], query: RECURSIVE }, signal)).filter(
      ({ path }) => isSelected(path),
    );
    const files = matching.filter(({ path, size }) => this.isCached(source, repo, path, size));
    if (matching.length === 0) throw new HubError('BadRequest', `No file of the ${type} "${id}" matches the patterns.`);
    if (files.length === 0)
      throw new HubError(
        'BadRequest',
        `The source "${source.name}" does not cache these files. Set its delivery, or that of one of its rules, to cache or cache-async.`,
      );
    return { repo, source, commit, files, notCached: matching.length - files.length };
  }

  private async pin(
    repo: RepoId,
    revision: string,
    { signal, mustAsk }: { readonly signal: AbortSignal; readonly mustAsk: boolean },
  ): Promise<{ source: Source; commit: string }> {
    const request = this.request({ kind: 'revision', repo, rest: revision.split('/'), query: [] }, signal);
    const found = await this.resolver.resolve({ ...request, mustAsk });
    if (!found)
      throw new HubError(
        'RepoNotFound',
        `No source applies to the ${repo.type} "${repoFullName(repo)}", so it cannot be cached.`,
      );
    if (mustAsk && found.reply.freshness === 'stale' && !found.source.offline)
      throw new HubError(
        'UpstreamUnavailable',
        `The source "${found.source.name}" does not respond, so the current commit of "${revision}" is not known.`,
      );
    await this.resolver.resolve(this.request({ kind: 'info', repo, query: [] }, signal)); // clients request both
    const { sha } = (found.reply.json ?? {}) as { readonly sha?: unknown };
    if (!isCommitId(sha))
      throw new HubError(
        'UpstreamFailed',
        `The source "${found.source.name}" does not report the commit of "${revision}".`,
      );
    return { source: found.source, commit: sha };
  }

  private async list(source: Source, first: RepoOperations['tree'], signal: AbortSignal): Promise<TreeFile[]> {
    const files: TreeFile[] = [];
    for (let query: QueryPairs | undefined = first.query; query;) {
      const { json, headers } = await this.resolver.fetchFrom(source, this.request({ ...first, query }, signal));
      files.push(...filesOfTree(json as readonly unknown[]));
      if (files.length > MAX_FILES)
        throw new HubError(
          'BadRequest',
          `"${repoFullName(first.repo)}" has more than ${MAX_FILES} files. Use patterns of a job for each folder.`,
        );
      const next = nextPageUrl(headers['link'], source.url);
      query = next && [...next.searchParams];
    }
    return files;
  }

  private isCached(source: Source, repo: RepoId, path: string, size: number): boolean {
    const decision = this.deliveries.decide(source, { repo, path: path.split('/'), size });
    return size > 0 && decision !== undefined && isCached(decision.delivery);
  }
}

/** The id of a repository in its parts. */
export function repoOf(type: RepoId['type'], id: string): RepoId {
  const slash = id.indexOf('/');
  return { type, namespace: id.slice(0, Math.max(slash, 0)), name: id.slice(slash + 1) };
}
