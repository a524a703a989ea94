import type { DataSource } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { applyCommit } from './apply-commit.js';
import { commitMessage } from './commit-message.js';
import { EMPTY_TREE } from './git-tree.js';
import { branchRef, DEFAULT_BRANCH } from './ref-names.js';
import { walkTree } from './walk-tree.js';
import type { CommitEntity } from './commit.entity.js';
import { CommitWriterService } from './commit-writer.service.js';
import { composeCommit } from './compose-commit.js';
import type { CommitStores } from './local-commits.service.js';
import { LocalRefsService } from './local-refs.service.js';
import type { LocalRepo } from './local-repo.js';

/** Each round another commit has come in between: a few are enough. */
const ROUNDS = 10;

/** A branch that shall begin anew. */
export interface RootCommitInput {
  readonly branch: string;
  readonly author: string;
  /** The new commit's words. */
  readonly message: string;
}

/** Makes commits without a parent: for a branch that begins empty, or one that gives up its history. */
export class RootCommitsService {
  constructor(
    private readonly database: DataSource,
    private readonly stores: CommitStores,
    private readonly refs: LocalRefsService,
    private readonly writer: CommitWriterService,
    private readonly clock: () => Date,
  ) {}

  /** A new branch with one commit that has no files. @throws HubError as `LocalRefsService.createBranch` says */
  async emptyBranch(
    { id }: LocalRepo,
    { branch, author, message }: RootCommitInput,
    overwrite: boolean,
  ): Promise<void> {
    if (branch === DEFAULT_BRANCH && overwrite)
      throw new HubError('Forbidden', `"${branch}" is the default branch: it cannot be overwritten`);
    const name = await this.refs.claim(id, branch, branchRef);
    const applied = await applyCommit(() => Promise.resolve(EMPTY_TREE), '', []);
    const commit = this.compose(id, applied.treeOid, { author, message });
    await this.database.transaction(async (m) => {
      const { refs } = this.stores;
      const ref = { repositoryId: id, name, commitOid: commit.oid };
      await refs.lockRepo(m, id);
      await (overwrite ? refs.put(m, ref) : refs.create(m, ref));
      await this.writer.write(m, commit, { applied, blobs: [] });
      if (overwrite) await refs.noteCut(m, id);
    });
  }

  /**
   * Replaces a branch's history by one commit of the same files, and tells its id.
   * @throws HubError `RevisionNotFound` without such a branch, `Conflict` when others keep committing to it
   */
  async squash(repository: LocalRepo, beginning: RootCommitInput): Promise<string> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const oid = await this.attempt(repository.id, beginning);
      if (oid !== undefined) return oid;
    }
    throw new HubError('Conflict', `Others keep committing to "${beginning.branch}"; try again`);
  }

  /** Undefined when another commit came in between. The walk is outside the transaction: it may read thousands of folders. */
  private async attempt(repositoryId: number, beginning: RootCommitInput): Promise<string | undefined> {
    const { refs, commits, objects } = this.stores;
    const ref = { repositoryId, name: branchRef(beginning.branch) };
    const oid = (await refs.find(repositoryId, [ref.name])).get(ref.name);
    const head = oid && (await commits.find(repositoryId, oid));
    if (!head) throw new HubError('RevisionNotFound', `Invalid rev id: ${beginning.branch}`);
    const { treeOid } = head;
    const changed: string[] = [];
    const walk = walkTree((tree) => objects.tree(repositoryId, tree), treeOid, { at: '', recursive: true });
    for await (const { path } of walk) changed.push(path);
    const commit = this.compose(repositoryId, treeOid, beginning);
    return this.database.transaction(async (m) => {
      if ((await refs.hold(m, ref)) !== head.oid) return undefined;
      await this.writer.write(m, commit, { applied: { treeOid, trees: new Map(), changed }, blobs: [] });
      await refs.move(m, ref, head.oid, commit.oid);
      await refs.noteCut(m, repositoryId);
      return commit.oid;
    });
  }

  private compose(
    repositoryId: number,
    treeOid: string,
    { author, message }: Omit<RootCommitInput, 'branch'>,
  ): CommitEntity {
    const words = { message: commitMessage(message), author: { name: author }, at: this.clock() };
    return composeCommit({ repositoryId, parent: undefined, treeOid, ...words });
  }
}
