import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { branchRef, checkNewRefName, DEFAULT_BRANCH, refNamesClash, tagRef } from './ref-names.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import type { Author } from './commit-input.js';
import { tagMessage } from './commit-message.js';
import { signature } from './compose-commit.js';
import { encodeTag, objectId } from './git-objects.js';
import type { RefEntity } from './ref.entity.js';
import { CommitStore } from './commit.store.js';
import type { LocalRepo } from './local-repo.js';
import { RefStore } from './ref.store.js';
import { RevisionsService } from './revisions.service.js';

/** Input for a new branch or tag. */
export interface NewRef {
  readonly name: string;
  /** Revision to point to. Defaults to the head of the default branch. */
  readonly revision?: string;
  /** Moves the ref if it exists, instead of failing. */
  readonly overwrite?: boolean;
}

/** Input for a new tag. */
export interface NewTag extends NewRef {
  /** Message and author of an annotated tag. With a blank message, the tag is lightweight. */
  readonly annotation?: { readonly message: string; readonly author: Author };
}

/** Creates and deletes branches and tags. */
@Injectable()
export class LocalRefsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly refs: RefStore,
    private readonly revisions: RevisionsService,
    private readonly commits: CommitStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws HubError `BadRequest` for an invalid name, `RevisionNotFound`, `Conflict` if the branch exists, `Forbidden` to overwrite the
   * default branch
   */
  createBranch(repository: LocalRepo, branch: NewRef): Promise<void> {
    if (branch.overwrite && branch.name === DEFAULT_BRANCH) throw defaultBranchError('overwrite');
    return this.create(repository, branch, branchRef);
  }

  /** @throws HubError as `createBranch` */
  createTag(repository: LocalRepo, tag: NewTag): Promise<void> {
    return this.create(repository, tag, tagRef);
  }

  /**
   * Deletes a branch. For a week, callers with write access can read commits that no other ref reaches, by their full ids.
   *
   * @throws HubError `RevisionNotFound`; `Forbidden` for the default branch
   */
  deleteBranch(repository: LocalRepo, name: string): Promise<void> {
    if (name === DEFAULT_BRANCH) throw defaultBranchError('delete');
    return this.remove(repository, name, branchRef);
  }

  /** @throws HubError `RevisionNotFound` */
  deleteTag(repository: LocalRepo, name: string): Promise<void> {
    return this.remove(repository, name, tagRef);
  }

  /**
   * Returns the full name of a new ref.
   *
   * @throws HubError `BadRequest` for an invalid name, `Conflict` with the name of an existing ref
   */
  async validateNewRef(repositoryId: number, name: string, toRef: (name: string) => string): Promise<string> {
    checkNewRefName(name);
    const full = toRef(name);
    const clash = (await this.refs.all(repositoryId)).find((other) => refNamesClash(full, other.name));
    if (clash) throw new HubError('Conflict', `${full} conflicts with the existing ref ${clash.name}`);
    return full;
  }

  private async create(
    repository: LocalRepo,
    { name, revision = 'HEAD', overwrite, annotation }: NewTag,
    toRef: (name: string) => string,
  ): Promise<void> {
    const { oid } = await this.revisions.resolve(repository, revision);
    const full = await this.validateNewRef(repository.id, name, toRef);
    const tag = annotation && this.tagObject(name, oid, annotation);
    const ref = { repositoryId: repository.id, name: full, commitOid: oid, ...tag };
    await this.database.transaction(async (m) => {
      await this.refs.lockRepo(m, repository.id);
      if (!(await this.commits.exists(m, repository.id, oid))) throw revisionNotFound(revision); // the commit has just been pruned
      if (!overwrite) return this.refs.create(m, ref);
      await this.refs.put(m, ref);
      await this.refs.markHistoryCut(m, repository.id);
    });
  }

  private tagObject(
    name: string,
    commitOid: string,
    { message, author }: Required<NewTag>['annotation'],
  ): Pick<RefEntity, 'tagOid' | 'tagBody'> | undefined {
    const text = tagMessage(message);
    if (text === '') return undefined;
    const tagBody = encodeTag({ commitOid, name, tagger: { ...signature(author), at: this.clock() }, message: text });
    return { tagOid: objectId('tag', tagBody), tagBody };
  }

  private async remove({ id }: LocalRepo, name: string, toRef: (name: string) => string): Promise<void> {
    await this.database.transaction(async (m) => {
      await this.refs.lockRepo(m, id);
      if (!(await this.refs.remove(m, { repositoryId: id, name: toRef(name) }))) throw revisionNotFound(name);
      await this.refs.markHistoryCut(m, id);
    });
  }
}

const revisionNotFound = (revision: string): HubError =>
  new HubError('RevisionNotFound', `Invalid rev id: ${revision}`);

/** The default branch can be neither deleted nor overwritten. */
export const defaultBranchError = (action: 'delete' | 'overwrite'): HubError =>
  new HubError('Forbidden', `Cannot ${action} ${branchRef(DEFAULT_BRANCH)}: it is the default branch`);
