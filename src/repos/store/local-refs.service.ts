import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { branchRef, checkRefName, DEFAULT_BRANCH, refNamesClash, tagRef } from './ref-names.js';
import { CommitStore } from './commit.store.js';
import type { LocalRepo } from './local-repo.js';
import { RefStore } from './ref.store.js';
import { RevisionsService } from './revisions.service.js';

/** A branch or tag to be made. */
export interface NewRef {
  readonly name: string;
  /** Where it shall point to; the head of the default branch when absent. */
  readonly revision?: string;
  /** Shall one of this name be moved there? */
  readonly overwrite?: boolean;
}

/** Makes and deletes branches and tags. */
@Injectable()
export class LocalRefsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly refs: RefStore,
    private readonly revisions: RevisionsService,
    private readonly commits: CommitStore,
  ) {}

  /** @throws HubError `BadRequest` for an impossible name, `RevisionNotFound`, `Conflict` when there is one, `Forbidden` for the default */
  createBranch(repository: LocalRepo, branch: NewRef): Promise<void> {
    if (branch.overwrite && branch.name === DEFAULT_BRANCH) throw isDefault('overwritten');
    return this.create(repository, branch, branchRef);
  }

  /** @throws HubError as `createBranch` */
  createTag(repository: LocalRepo, tag: NewRef): Promise<void> {
    return this.create(repository, tag, tagRef);
  }

  /** Commits that no other ref leads to stay readable by their ids for a week. @throws HubError `RevisionNotFound`; `Forbidden` for the default branch */
  deleteBranch(repository: LocalRepo, name: string): Promise<void> {
    if (name === DEFAULT_BRANCH) throw isDefault('deleted');
    return this.remove(repository, name, branchRef);
  }

  /** @throws HubError RevisionNotFound */
  deleteTag(repository: LocalRepo, name: string): Promise<void> {
    return this.remove(repository, name, tagRef);
  }

  /**
   * The full name of a ref that is to be made.
   * @throws HubError `BadRequest` for an impossible name, `Conflict` where it cannot exist beside another
   */
  async claim(repositoryId: number, name: string, inFull: (name: string) => string): Promise<string> {
    checkRefName(name);
    const full = inFull(name);
    const clash = (await this.refs.all(repositoryId)).find((other) => refNamesClash(full, other.name));
    if (clash) throw new HubError('Conflict', `${full} cannot exist beside ${clash.name}`);
    return full;
  }

  private async create(
    repository: LocalRepo,
    { name, revision = 'HEAD', overwrite }: NewRef,
    inFull: (name: string) => string,
  ): Promise<void> {
    const full = await this.claim(repository.id, name, inFull);
    const { oid } = await this.revisions.commitOf(repository, revision);
    const ref = { repositoryId: repository.id, name: full, commitOid: oid };
    await this.database.transaction(async (m) => {
      await this.refs.lockRepo(m, repository.id);
      if (!(await this.commits.exists(m, repository.id, oid))) throw missing(revision); // pruned a moment ago
      if (!overwrite) return this.refs.create(m, ref);
      await this.refs.put(m, ref);
      await this.refs.noteCut(m, repository.id);
    });
  }

  private async remove({ id }: LocalRepo, name: string, inFull: (name: string) => string): Promise<void> {
    await this.database.transaction(async (m) => {
      await this.refs.lockRepo(m, id);
      if (!(await this.refs.remove(m, { repositoryId: id, name: inFull(name) }))) throw missing(name);
      await this.refs.noteCut(m, id);
    });
  }
}

const missing = (revision: string): HubError => new HubError('RevisionNotFound', `Invalid rev id: ${revision}`);

const isDefault = (what: string): HubError =>
  new HubError('Forbidden', `"${DEFAULT_BRANCH}" is the default branch: it cannot be ${what}`);
