import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { branchRef, checkNewRefName, DEFAULT_BRANCH, refNamesClash, tagRef } from './ref-names.js';
import type { AuditAction } from '../../domain/audit-actions.js';
import type { Caller } from '../../domain/caller.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
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
  /** The caller, for the audit log; undefined for the hub itself. */
  readonly by?: Caller;
}

/** Input for a new tag. */
export interface NewTag extends NewRef {
  /** Message and author of an annotated tag. With a blank message, the tag is lightweight. */
  readonly annotation?: { readonly message: string; readonly author: Author };
}

/** Branches or tags: their full names, and their events in the audit log. */
interface RefKind {
  readonly toRef: (name: string) => string;
  readonly created: AuditAction;
  readonly deleted: AuditAction;
}

const BRANCHES: RefKind = { toRef: branchRef, created: 'repo.create_branch', deleted: 'repo.delete_branch' };
const TAGS: RefKind = { toRef: tagRef, created: 'repo.create_tag', deleted: 'repo.delete_tag' };

/** Creates and deletes branches and tags. */
@Injectable()
export class LocalRefsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly refs: RefStore,
    private readonly revisions: RevisionsService,
    private readonly commits: CommitStore,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws HubError `BadRequest` for an invalid name, `RevisionNotFound`, `Conflict` if the branch exists, `Forbidden` to overwrite the
   * default branch
   */
  createBranch(repository: LocalRepo, branch: NewRef): Promise<void> {
    if (branch.overwrite && branch.name === DEFAULT_BRANCH) throw defaultBranchError('overwrite');
    return this.create(repository, branch, BRANCHES);
  }

  /** @throws HubError as `createBranch` */
  createTag(repository: LocalRepo, tag: NewTag): Promise<void> {
    return this.create(repository, tag, TAGS);
  }

  /**
   * Deletes a branch. For a week, callers with write access can read commits that no other ref reaches, by their full ids.
   *
   * @throws HubError `RevisionNotFound`; `Forbidden` for the default branch
   */
  deleteBranch(repository: LocalRepo, name: string, by?: Caller): Promise<void> {
    if (name === DEFAULT_BRANCH) throw defaultBranchError('delete');
    return this.remove(repository, { name, by }, BRANCHES);
  }

  /** @throws HubError `RevisionNotFound` */
  deleteTag(repository: LocalRepo, name: string, by?: Caller): Promise<void> {
    return this.remove(repository, { name, by }, TAGS);
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
    { name, revision = 'HEAD', overwrite, annotation, by }: NewTag,
    kind: RefKind,
  ): Promise<void> {
    const { oid } = await this.revisions.resolve(repository, revision);
    const full = await this.validateNewRef(repository.id, name, kind.toRef);
    const tag = annotation && this.tagObject(name, oid, annotation);
    const ref = { repositoryId: repository.id, name: full, commitOid: oid, ...tag };
    await this.database.transaction(async (m) => {
      await this.refs.lockRepo(m, repository.id);
      if (!(await this.commits.exists(m, repository.id, oid))) throw revisionNotFound(revision); // the commit has just been pruned
      const oldSha = overwrite ? await this.refs.lock(m, ref) : undefined;
      await (overwrite ? this.refs.put(m, ref) : this.refs.create(m, ref));
      const data = { ref: full, oldSha: oldSha ?? null, newSha: oid };
      await this.audit.record(m, by, { action: kind.created, repositoryId: repository.id, object: full, data });
      if (overwrite) await this.refs.markHistoryCut(m, repository.id);
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

  private async remove({ id }: LocalRepo, { name, by }: Pick<NewRef, 'name' | 'by'>, kind: RefKind): Promise<void> {
    const ref = { repositoryId: id, name: kind.toRef(name) };
    await this.database.transaction(async (m) => {
      const oldSha = await this.refs.lock(m, ref);
      if (oldSha === undefined || !(await this.refs.remove(m, ref))) throw revisionNotFound(name);
      const data = { ref: ref.name, oldSha, newSha: null };
      await this.audit.record(m, by, { action: kind.deleted, repositoryId: id, object: ref.name, data });
      await this.refs.markHistoryCut(m, id);
    });
  }
}

const revisionNotFound = (revision: string): HubError =>
  new HubError('RevisionNotFound', `Invalid rev id: ${revision}`);

/** The default branch can be neither deleted nor overwritten. */
export const defaultBranchError = (action: 'delete' | 'overwrite'): HubError =>
  new HubError('Forbidden', `Cannot ${action} ${branchRef(DEFAULT_BRANCH)}: it is the default branch`);
