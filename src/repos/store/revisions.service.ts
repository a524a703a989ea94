import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { refsOfRevision } from './ref-names.js';
import { commitIdPrefix, revisionCandidates } from './revision-candidates.js';
import type { CommitEntity } from './commit.entity.js';
import { CommitStore } from './commit.store.js';
import type { LocalRepo } from './local-repo.js';
import { RefStore } from './ref.store.js';

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

  private async commit(repository: LocalRepo, oid: string): Promise<CommitEntity> {
    return (await this.commits.find(repository.id, oid)) ?? notFound(oid);
  }

  /**
   * Finds a commit by its id or a unique prefix of it.
   *
   * @throws HubError `RevisionNotFound`
   */
  async byCommitId(repository: LocalRepo, revision: string): Promise<CommitEntity> {
    const prefix = commitIdPrefix(revision);
    const found = prefix && (await this.commits.findByPrefix(repository.id, prefix));
    return found || notFound(revision);
  }
}

function notFound(revision: string): never {
  throw new HubError('RevisionNotFound', `Invalid rev id: ${revision}`);
}
