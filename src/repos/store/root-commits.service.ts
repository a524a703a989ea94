import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Caller } from '../../domain/caller.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { HubError } from '../../domain/hub-error.js';
import { applyCommit } from './apply-commit.js';
import { commitMessage } from './commit-message.js';
import { loadEmptyTree } from './git-tree.js';
import { branchRef, DEFAULT_BRANCH } from './ref-names.js';
import { walkTree, WHOLE_TREE } from './walk-tree.js';
import type { CommitEntity } from './commit.entity.js';
import { CommitWriterService } from './commit-writer.service.js';
import { composeCommit } from './compose-commit.js';
import { CommitStores } from './commit-stores.service.js';
import { defaultBranchError, LocalRefsService } from './local-refs.service.js';
import type { LocalRepo } from './local-repo.js';

/** Attempts to squash while concurrent commits keep moving the branch. */
const MAX_ATTEMPTS = 10;

/** Input for a root commit on a branch. */
export interface RootCommitInput {
  readonly branch: string;
  readonly author: string;
  /** Commit message. */
  readonly message: string;
  /** The caller, for the audit log; undefined for the hub itself. */
  readonly by?: Caller;
}

/** Creates commits without a parent: for a new empty branch, or to squash a branch's history. */
@Injectable()
export class RootCommitsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly stores: CommitStores,
    private readonly refs: LocalRefsService,
    private readonly writer: CommitWriterService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Creates a branch with a single commit without files.
   *
   * @throws HubError as `LocalRefsService.createBranch`
   */
  async createEmptyBranch(
    { id }: LocalRepo,
    { branch, author, message, by }: RootCommitInput,
    overwrite: boolean,
  ): Promise<void> {
    if (branch === DEFAULT_BRANCH && overwrite) throw defaultBranchError('overwrite');
    const name = await this.refs.validateNewRef(id, branch, branchRef);
    const applied = await applyCommit(loadEmptyTree, '', []);
    const commit = this.compose(id, applied.treeOid, { author, message });
    await this.database.transaction(async (m) => {
      const { refs, audit } = this.stores;
      const ref = { repositoryId: id, name, commitOid: commit.oid };
      const oldSha = (await refs.lock(m, ref)) ?? null;
      await (overwrite ? refs.put(m, ref) : refs.create(m, ref));
      await this.writer.write(m, commit, { applied, blobs: [] });
      const data = { ref: name, oldSha, newSha: commit.oid };
      await audit.record(m, by, { action: 'repo.create_branch', repositoryId: id, object: name, data });
      if (overwrite) await refs.markHistoryCut(m, id);
    });
  }

  /**
   * Replaces a branch's history with a single commit of the same files, and returns its id.
   *
   * @throws HubError `RevisionNotFound` for a missing branch, `Conflict` if concurrent commits keep changing it
   */
  async squash(repository: LocalRepo, input: RootCommitInput): Promise<string> {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
      const oid = await this.trySquash(repository.id, input);
      if (oid !== undefined) return oid;
    }
    throw new HubError('Conflict', `Other commits to "${input.branch}" were made at the same time. Try again.`);
  }

  /**
   * Returns `undefined` if the branch was changed concurrently. The tree is walked outside the transaction, since it may have thousands of
   * folders.
   */
  private async trySquash(repositoryId: number, input: RootCommitInput): Promise<string | undefined> {
    const { refs, commits, objects, audit } = this.stores;
    const ref = { repositoryId, name: branchRef(input.branch) };
    const oid = (await refs.find(repositoryId, [ref.name])).get(ref.name);
    const head = oid && (await commits.find(repositoryId, oid));
    if (!head) throw new HubError('RevisionNotFound', `Invalid rev id: ${input.branch}`);
    const { treeOid } = head;
    const changed: string[] = [];
    const walk = walkTree((trees) => objects.trees(repositoryId, trees), treeOid, WHOLE_TREE);
    for await (const { path } of walk) changed.push(path);
    const commit = this.compose(repositoryId, treeOid, input);
    return this.database.transaction(async (m) => {
      if ((await refs.lock(m, ref)) !== head.oid) return undefined;
      await this.writer.write(m, commit, { applied: { treeOid, trees: new Map(), changed }, blobs: [] });
      await refs.move(m, ref, head.oid, commit.oid);
      const data = { ref: ref.name, oldSha: head.oid, newSha: commit.oid };
      await audit.record(m, input.by, { action: 'repo.super_squash', repositoryId, object: ref.name, data });
      await refs.markHistoryCut(m, repositoryId);
      return commit.oid;
    });
  }

  private compose(
    repositoryId: number,
    treeOid: string,
    { author, message }: Omit<RootCommitInput, 'branch' | 'by'>,
  ): CommitEntity {
    const content = { message: commitMessage(message), author: { name: author }, at: this.clock() };
    return composeCommit({ repositoryId, parent: undefined, treeOid, ...content });
  }
}
