import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { ClientHistory } from '../store/client-history.js';
import type { UploadPackRequest } from './upload-pack-request.js';
import type { CommitEntity } from '../store/commit.entity.js';
import { CommitStore } from '../store/commit.store.js';
import type { LocalRepo } from '../store/local-repo.js';
import { RevisionsService } from '../store/revisions.service.js';

/** Which commits a client gets. */
export interface ClonePlan {
  /** Those it wants and does not have. */
  readonly commits: readonly CommitEntity[];
  /** Commits that it has, beside those that it gets. */
  readonly ground: readonly CommitEntity[];
  /** Of what it says it has, what this repository has, too. */
  readonly common: readonly string[];
  /** Does everything that it wants build on what it has? */
  readonly isGrounded: boolean;
  /** Where its history will end although the repository's goes on, and where it will no longer. */
  readonly shallow: readonly string[];
  readonly unshallow: readonly string[];
}

/** What is found out on the way down from what is wanted. */
interface WalkOptions {
  readonly request: UploadPackRequest;
  readonly common: ReadonlyMap<string, CommitEntity>;
  readonly held: ClientHistory;
  /** Every commit that was passed, and how many the client gets from there on at most. */
  readonly passed: Map<string, { readonly commit: CommitEntity; readonly left: number }>;
  readonly sent: Map<string, CommitEntity>;
  readonly ground: Map<string, CommitEntity>;
}

/** A commit on the way, and whether the client has it. */
interface Passing {
  readonly commit: CommitEntity;
  readonly isTheirs: boolean;
}

/** A fetch of one new commit should not read a whole history: the further down, the more commits are read at once. */
const [FIRST_PAGE, LONGEST_PAGE] = [16, 2048];

/** Finds out what of a repository's history a client of git lacks. A commit has one parent at most, so histories are lines. */
@Injectable()
export class ClonePlanService {
  constructor(
    private readonly commits: CommitStore,
    private readonly revisions: RevisionsService,
  ) {}

  /** @throws HubError `BadRequest` for a commit that the repository does not have, or that is hidden from the caller */
  async plan(repository: LocalRepo, request: UploadPackRequest): Promise<ClonePlan> {
    const repositoryId = repository.id;
    const found = await this.commits.findMany(repositoryId, request.haves);
    const common = new Map(found.map((commit) => [commit.oid, commit]));
    const held = await this.held(found, await this.commits.findMany(repositoryId, request.shallow));
    const walk: WalkOptions = { request, common, held, passed: new Map(), sent: new Map(), ground: new Map() };
    let isGrounded = true;
    for (const commit of await this.wanted(repository, [...new Set(request.wants)]))
      if (!(await this.descend(commit, walk))) isGrounded = false;
    const ends = [...walk.passed.values()].filter(({ commit, left }) => left === 1 && commit.parentOid !== null);
    const endsAt = new Set(ends.map(({ commit }) => commit.oid));
    return {
      commits: [...walk.sent.values()],
      ground: [...walk.ground.values()],
      common: [...common.keys()],
      isGrounded,
      shallow: [...endsAt].filter((oid) => !request.shallow.includes(oid)),
      unshallow: request.shallow.filter((oid) => walk.passed.has(oid) && !endsAt.has(oid)),
    };
  }

  /** Git names no commit that is behind one of which it knows that the hub has it, so the hub has to know what is behind. */
  private async held(common: readonly CommitEntity[], ends: readonly CommitEntity[]): Promise<ClientHistory> {
    const held = new ClientHistory(ends);
    for (const commit of common.toSorted((one, other) => other.generation - one.generation))
      if (!held.has(commit)) held.add(await this.commits.ancestry(commit));
    return held;
  }

  private async wanted(repository: LocalRepo, oids: readonly string[]): Promise<CommitEntity[]> {
    const readable = await this.revisions.readableCommits(repository, oids);
    return oids.map((oid) => {
      const found = readable.get(oid);
      if (!found) throw new HubError('BadRequest', `This repository has no commit ${oid}`);
      return found;
    });
  }

  /**
   * Down a history until the client has the rest, what it wants of it ends, or it was passed before.
   * @returns whether the client has any of it
   */
  private async descend(head: CommitEntity, walk: WalkOptions): Promise<boolean> {
    const { request, held, passed } = walk;
    let left = Math.min(request.depth ?? Infinity, head.generation);
    let above: Passing | undefined;
    let hasAny = false;
    for await (const commit of this.history(head, left)) {
      if ((passed.get(commit.oid)?.left ?? 0) >= left) return true; // whether it is, its first passing has told
      passed.set(commit.oid, { commit, left });
      left -= 1;
      const here = { commit, isTheirs: held.has(commit) };
      sort(here, above, walk);
      hasAny ||= here.isTheirs;
      if (here.isTheirs && request.depth === undefined) break;
      above = here;
    }
    return hasAny;
  }

  private async *history(head: CommitEntity, most: number): AsyncGenerator<CommitEntity> {
    for (
      let [skip, take] = [0, FIRST_PAGE];
      skip < most;
      [skip, take] = [skip + take, Math.min(take * 4, LONGEST_PAGE)]
    )
      yield* await this.commits.history(head, skip, Math.min(take, most - skip));
  }
}

/** Ground is what lies next to what is sent: most of its files are the same. */
function sort({ commit, isTheirs }: Passing, above: Passing | undefined, { common, sent, ground }: WalkOptions): void {
  if (!isTheirs) sent.set(commit.oid, commit);
  const parent = common.get(commit.parentOid ?? '');
  const neighbours = isTheirs ? [above?.isTheirs === false && commit] : [above?.isTheirs && above.commit, parent];
  for (const neighbour of neighbours) if (neighbour) ground.set(neighbour.oid, neighbour);
}
