import { Injectable } from '@nestjs/common';
import { ClientHistory } from '../store/client-history.js';
import { HistoryLimitsService } from './history-limits.service.js';
import { limitsHistory, type UploadPackRequest } from './upload-pack-request.js';
import { WantedObjectsService, type WantedObjects } from './wanted-objects.service.js';
import type { CommitEntity } from '../store/commit.entity.js';
import { CommitStore } from '../store/commit.store.js';
import type { LocalRepo } from '../store/local-repo.js';
import { RefStore, type TagObject } from '../store/ref.store.js';

/** The objects to send to a client. Folders and files of the commits are not listed. */
export interface ClonePlan {
  readonly tags: readonly TagObject[];
  /** Folders and files that the client has named. */
  readonly objects: Pick<WantedObjects, 'trees' | 'blobs'>;
  /** Requested commits that the client does not have. */
  readonly commits: readonly CommitEntity[];
  /** Commits of the client that are adjacent to those sent. */
  readonly boundary: readonly CommitEntity[];
  /** Commits of the client that this repository has as well. */
  readonly common: readonly string[];
  /** Whether each requested commit has an ancestor that the client has, so that negotiation can end. */
  readonly isReady: boolean;
  /** Commits whose parents are not sent, so that the client's history will end there. */
  readonly shallow: readonly string[];
  /** Commits at which the client's history ended before and now continues. */
  readonly unshallow: readonly string[];
}

/** The state of a walk down the requested histories. */
interface WalkState {
  readonly request: UploadPackRequest;
  readonly common: ReadonlyMap<string, CommitEntity>;
  readonly clientHistory: ClientHistory;
  /** The commits visited so far, and the remaining depth at each. */
  readonly visited: Map<string, { readonly commit: CommitEntity; readonly left: number }>;
  readonly sent: Map<string, CommitEntity>;
  readonly boundary: Map<string, CommitEntity>;
}

/** A visited commit, and whether the client has it. */
interface VisitedCommit {
  readonly commit: CommitEntity;
  readonly clientHas: boolean;
}

/** The number of commits per query grows with the depth, so that a fetch of one new commit does not read a whole history. */
const FIRST_PAGE = 16;
const MAX_PAGE = 2048;

/** Determines which part of a repository's history a git client needs. A commit has at most one parent, so histories are linear. */
@Injectable()
export class ClonePlanService {
  constructor(
    private readonly commits: CommitStore,
    private readonly wanted: WantedObjectsService,
    private readonly limits: HistoryLimitsService,
    private readonly refs: RefStore,
  ) {}

  /** @throws HubError as `WantedObjectsService.find` and `HistoryLimitsService.limits` */
  async plan(repository: LocalRepo, request: UploadPackRequest): Promise<ClonePlan> {
    const commonCommits = await this.commits.findMany(repository.id, request.haves);
    const shallowCommits = await this.commits.findMany(repository.id, request.shallow);
    const common = new Map(commonCommits.map((commit) => [commit.oid, commit]));
    const clientHistory = await this.clientHistory(commonCommits, shallowCommits);
    const walk: WalkState = {
      request,
      common,
      clientHistory,
      visited: new Map(),
      sent: new Map(),
      boundary: new Map(),
    };
    const { commits, tags, ...objects } = await this.wanted.find(repository, request.wants);
    const isReady = isWholeHistory(request)
      ? await this.addAll(repository, commits, walk)
      : await this.descendAll(commits, await this.limits.limits(commits, request, shallowCommits), walk);
    const visited = [...walk.visited.values()];
    const lastCommits = visited.filter(({ commit, left }) => left === 1 && commit.parentOid !== null);
    const known = new Set(request.shallow);
    const lastOids = new Set(lastCommits.map(({ commit }) => commit.oid));
    return {
      commits: [...walk.sent.values()],
      tags: [...tags, ...(await this.tagsOfSent(repository, walk, tags))],
      objects,
      boundary: [...walk.boundary.values()],
      common: [...common.keys()],
      isReady,
      shallow: [...lastOids].filter((oid) => !known.has(oid)),
      unshallow: [...known].filter((oid) => walk.visited.has(oid) && !lastOids.has(oid)),
    };
  }

  /** Adds the histories of all commits, with a query for each page of them. Returns false: the client has no commit of them. */
  private async addAll({ id }: LocalRepo, heads: readonly CommitEntity[], { sent }: WalkState): Promise<boolean> {
    const oids = heads.map(({ oid }) => oid);
    for await (const commit of this.commits.withAncestors(id, oids)) sent.set(commit.oid, commit);
    return false;
  }

  /** Returns whether the client has a commit of each history. The newest ones come first, since they may contain the others. */
  private async descendAll(
    heads: readonly CommitEntity[],
    limits: readonly number[],
    walk: WalkState,
  ): Promise<boolean> {
    let hasAll = true;
    const histories = heads.map((head, n) => ({ head, limit: limits[n]! }));
    for (const { head, limit } of histories.sort((left, right) => right.head.generation - left.head.generation))
      if (!(await this.descend(head, limit, walk))) hasAll = false;
    return hasAll;
  }

  /** Git does not list the ancestors of a commit that is known to be common, so they are added here. */
  private async clientHistory(
    common: readonly CommitEntity[],
    shallow: readonly CommitEntity[],
  ): Promise<ClientHistory> {
    const history = new ClientHistory(shallow);
    if (common.length === 0) return history;
    if (shallow.length === 0) {
      const oids = common.map(({ oid }) => oid);
      history.add(await this.commits.spans(common[0]!.repositoryId, oids));
      return history;
    }
    for (const commit of common.toSorted((left, right) => right.generation - left.generation))
      if (!history.has(commit)) history.add(await this.commits.ancestry(commit));
    return history;
  }

  /** Tags of the commits that are sent, for clients that want them without naming each. */
  private async tagsOfSent(
    repository: LocalRepo,
    { request, sent }: WalkState,
    wanted: readonly TagObject[],
  ): Promise<TagObject[]> {
    if (!request.capabilities.has('include-tag') || sent.size === 0) return [];
    const wantedOids = new Set(wanted.map(({ oid }) => oid));
    const tags = await this.refs.tagsOfCommits(repository.id, [...sent.keys()]);
    return tags.filter(({ oid }) => !wantedOids.has(oid));
  }

  /**
   * Follows a history until the client has the rest, the limit is reached, or the rest has been visited before.
   *
   * @param limit - number of commits
   * @returns whether the client has any commit of this history
   */
  private async descend(head: CommitEntity, limit: number, walk: WalkState): Promise<boolean> {
    const { request, clientHistory, visited } = walk;
    let left = limit;
    let child: VisitedCommit | undefined;
    let hasAny = false;
    for await (const commit of this.history(head, left)) {
      if ((visited.get(commit.oid)?.left ?? 0) >= left) return true; // the first visit determined the result
      visited.set(commit.oid, { commit, left });
      left -= 1;
      const current = { commit, clientHas: clientHistory.has(commit) };
      record(current, child, walk);
      hasAny ||= current.clientHas;
      if (current.clientHas && !limitsHistory(request)) break;
      child = current;
    }
    return hasAny;
  }

  private async *history(head: CommitEntity, limit: number): AsyncGenerator<CommitEntity> {
    yield head; // often, nothing else is needed
    let take = FIRST_PAGE;
    for (let skip = 1; skip < limit;) {
      yield* await this.commits.history(head, skip, Math.min(take, limit - skip));
      skip += take;
      take = Math.min(take * 4, MAX_PAGE);
    }
  }
}

/** Whether a new clone gets all commits of the wanted histories. */
const isWholeHistory = (request: UploadPackRequest): boolean =>
  request.haves.length === 0 && request.shallow.length === 0 && !limitsHistory(request);

/** Adds a commit to those sent, and its neighbors to the boundary: they share most files with it, which need not be sent. */
function record(
  { commit, clientHas }: VisitedCommit,
  child: VisitedCommit | undefined,
  { common, sent, boundary }: WalkState,
): void {
  if (!clientHas) sent.set(commit.oid, commit);
  const parent = common.get(commit.parentOid ?? '');
  const neighbors = clientHas ? [child?.clientHas === false && commit] : [child?.clientHas && child.commit, parent];
  for (const neighbor of neighbors) if (neighbor) boundary.set(neighbor.oid, neighbor);
}
