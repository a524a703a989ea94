import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { refsOfRevision } from './ref-names.js';
import { commitIdPrefix, revisionCandidates } from './revision-candidates.js';
import type { CommitEntity } from './commit.entity.js';
import { CommitStore } from './commit.store.js';
import type { LocalRepo } from './local-repo.js';
import { RefStore } from './ref.store.js';

/** A revision turned into the commit it means now, and the path that stood behind it. */
export interface ResolvedRevision {
  readonly commit: CommitEntity;
  readonly path: readonly string[];
}

/** Turns what people write for a revision into a commit, once per request: everything after is read by the commit's id. */
@Injectable()
export class RevisionsService {
  constructor(
    private readonly refs: RefStore,
    private readonly commits: CommitStore,
  ) {}

  /**
   * Reads "revision, then path" from a URL's tail, raw slashes included.
   * @throws HubError RevisionNotFound
   */
  async split(repository: LocalRepo, rest: readonly string[]): Promise<ResolvedRevision> {
    const readings = revisionCandidates(rest);
    const names = readings.map(({ revision }) => refsOfRevision(revision));
    const known = await this.refs.find(repository.id, names.flat());
    for (const [index, { path }] of readings.entries()) {
      const name = names[index]!.find((ref) => known.has(ref));
      if (name !== undefined) return { commit: await this.commit(repository, known.get(name)!), path };
    }
    const { revision, path } = readings.at(-1)!;
    return { commit: await this.byCommitId(repository, revision), path };
  }

  /**
   * The commit of one revision: branch, tag, `HEAD`, any ref in full, or a commit id of at least five digits.
   * @throws HubError RevisionNotFound
   */
  async commitOf(repository: LocalRepo, revision: string): Promise<CommitEntity> {
    const names = refsOfRevision(revision);
    const known = await this.refs.find(repository.id, names);
    const name = names.find((ref) => known.has(ref));
    return name === undefined ? this.byCommitId(repository, revision) : this.commit(repository, known.get(name)!);
  }

  private async commit(repository: LocalRepo, oid: string): Promise<CommitEntity> {
    return (await this.commits.find(repository.id, oid)) ?? notFound(oid);
  }

  /** The commit of an id, or of its beginning. @throws HubError RevisionNotFound */
  async byCommitId(repository: LocalRepo, revision: string): Promise<CommitEntity> {
    const prefix = commitIdPrefix(revision);
    const found = prefix && (await this.commits.findByPrefix(repository.id, prefix));
    return found || notFound(revision);
  }
}

function notFound(revision: string): never {
  throw new HubError('RevisionNotFound', `Invalid rev id: ${revision}`);
}
