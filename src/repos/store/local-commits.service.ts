import type { DataSource } from 'typeorm';
import { HubError } from '../../hub/language/hub-error.js';
import { applyCommit } from '../../hub/rules/apply-commit.js';
import { commitMessage } from '../../hub/rules/commit-message.js';
import { branchRef } from '../../hub/rules/ref-names.js';
import type { CommitInput } from './commit-input.js';
import { CommitStore } from './commit.store.js';
import { composeCommit } from './compose-commit.js';
import { CommitWriterService } from './commit-writer.service.js';
import { ContentIntakeService, type TakenIn } from './content-intake.service.js';
import { ObjectStore } from './object.store.js';
import { RefStore } from './ref.store.js';
import { Turns } from './turns.js';

/** Commits of other replicas may come in between; each round one of them wins, so a few rounds are enough. */
const ROUNDS = 20;

/** The stores that a commit goes through. */
export interface CommitStores {
  readonly refs: RefStore;
  readonly commits: CommitStore;
  readonly objects: ObjectStore;
}

/**
 * Makes commits: content first, then one transaction that moves the branch with compare-and-set. Within this process commits to
 * one branch take turns, so that they need not race each other for the branch.
 */
export class LocalCommitsService {
  private readonly turns = new Turns();

  constructor(
    private readonly database: DataSource,
    private readonly stores: CommitStores,
    private readonly intake: ContentIntakeService,
    private readonly writer: CommitWriterService,
    private readonly clock: () => Date,
  ) {}

  /**
   * The new commit's id; that of the branch as it is, when nothing would change.
   * @throws HubError `RevisionNotFound` for a missing branch, `PreconditionFailed` when the branch is not at `parentCommit`,
   * `EntryNotFound` for a missing file to delete, `BadRequest` for what cannot be written
   */
  async commit(repositoryId: number, input: CommitInput): Promise<string> {
    commitMessage(input.summary, input.description);
    const taken = await this.intake.take(repositoryId, input.operations);
    return this.turns.take(`${repositoryId} ${input.branch}`, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const oid = await this.attempt(repositoryId, input, taken);
        if (oid !== undefined) return oid;
      }
      throw new HubError('Conflict', `Others keep committing to "${input.branch}"; try again`);
    });
  }

  /** Undefined when another commit came in between. */
  private async attempt(repositoryId: number, input: CommitInput, taken: TakenIn): Promise<string | undefined> {
    const { refs, commits, objects } = this.stores;
    const name = branchRef(input.branch);
    const head = (await refs.find(repositoryId, [name])).get(name);
    const parent = head && (await commits.find(repositoryId, head));
    if (!parent) throw new HubError('RevisionNotFound', `Invalid rev id: ${input.branch}`);
    if (input.parentCommit !== undefined && input.parentCommit !== head) {
      throw new HubError('PreconditionFailed', `"${input.branch}" is at ${head}, no longer at ${input.parentCommit}`);
    }
    const load = (oid: string) => objects.tree(repositoryId, oid);
    const applied = await applyCommit(load, parent.treeOid, taken.operations);
    if (applied.treeOid === parent.treeOid) {
      await objects.addBlobs(this.database.manager, taken.blobs);
      return head;
    }
    const message = commitMessage(input.summary, input.description);
    const draft = { repositoryId, parent, treeOid: applied.treeOid, message, author: input.author, at: this.clock() };
    const commit = composeCommit(draft);
    return this.database.transaction(async (m) => {
      // the branch first: whoever comes second waits for its row, and then finds it moved
      if (!(await refs.move(m, { repositoryId, name }, parent.oid, commit.oid))) return undefined;
      await this.writer.write(m, commit, { applied, blobs: taken.blobs });
      return commit.oid;
    });
  }
}
