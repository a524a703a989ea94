import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { refsOfRevision } from './ref-names.js';
import { commitIdPrefix, revisionCandidates } from './revision-candidates.js';
import type { CommitEntity } from './commit.entity.js';
import { CommitStore } from './commit.store.js';
import type { LocalRepo } from './local-repo.js';
import { ReachableCommits } from './reachable-commits.store.js';
import { RefStore } from './ref.store.js';

const OID_LENGTH = 40;

/** The commit that a revision refers to, and the path after the revision. */
export interface ResolvedRevision {
  readonly commit: CommitEntity;
  readonly path: readonly string[];
}

/** Resolves revisions to commits, once per request: everything else is then read by commit id. */
@Injectable()
export class RevisionsService {
  constructor(
    private readonly refs: RefStore,
    private readonly commits: CommitStore,
    private readonly reachable: ReachableCommits,
  ) {}

  /**
   * Splits the tail of a URL into revision and path; the revision may contain raw slashes.
   *
   * @throws HubError `RevisionNotFound`
   */
  async splitPath(repository: LocalRepo, rest: readonly string[]): Promise<ResolvedRevision> {
    const candidates = revisionCandidates(rest);
    const names = candidates.map(({ revision }) => refsOfRevision(revision));
    const refs = await this.refs.find(repository.id, names.flat());
    for (const [index, { path }] of candidates.entries()) {
      const name = names[index]!.find((ref) => refs.has(ref));
      if (name !== undefined) return { commit: await this.commit(repository, refs.get(name)!), path };
    }
    const { revision, path } = candidates.at(-1)!;
    return { commit: await this.byCommitId(repository, revision), path };
  }

  /**
   * Resolves a revision: a branch, tag, `HEAD`, full ref name, or a commit id of at least five digits.
   *
   * @throws HubError `RevisionNotFound`
   */
  async resolve(repository: LocalRepo, revision: string): Promise<CommitEntity> {
    const names = refsOfRevision(revision);
    const refs = await this.refs.find(repository.id, names);
    const name = names.find((ref) => refs.has(ref));
    return name === undefined ? this.byCommitId(repository, revision) : this.commit(repository, refs.get(name)!);
  }

  /** A commit by its full id, without a check of whether it is reachable. For the parents of reachable commits, which are. */
  async commit(repository: LocalRepo, oid: string): Promise<CommitEntity> {
    const found = await this.commits.find(repository.id, oid);
    if (!found) throw notFound(oid);
    return found;
  }

  /**
   * Finds a commit by its id or a prefix of it that is unique among the reachable commits. Unreachable commits, for example of a deleted
   * branch, are only found by their full ids, and only for callers with write access: they may contain what was deleted on purpose.
   *
   * @throws HubError `RevisionNotFound`
   */
  async byCommitId(repository: LocalRepo, revision: string): Promise<CommitEntity> {
    const prefix = commitIdPrefix(revision);
    if (prefix === undefined) throw notFound(revision);
    const oid = await this.reachable.findByPrefix(repository.id, prefix);
    if (oid !== undefined) return this.commit(repository, oid);
    if (prefix.length < OID_LENGTH) throw notFound(revision);
    const found = (await this.readableCommits(repository, [prefix])).get(prefix);
    if (!found) throw notFound(revision);
    return found;
  }

  /** The commits with these full ids that the caller may read: reachable ones, and all for callers with write access. */
  async readableCommits(repository: LocalRepo, oids: readonly string[]): Promise<Map<string, CommitEntity>> {
    const found = await this.commits.findMany(repository.id, oids);
    const reachable = await this.reachable.among(repository.id, oids);
    const isAllReadable =
      found.every(({ oid }) => reachable.has(oid)) || (await repository.callerMayWrite?.()) === true;
    const readable = isAllReadable ? found : found.filter(({ oid }) => reachable.has(oid));
    return new Map(readable.map((commit) => [commit.oid, commit]));
  }
}

const notFound = (revision: string): HubError => new HubError('RevisionNotFound', `Invalid rev id: ${revision}`);
