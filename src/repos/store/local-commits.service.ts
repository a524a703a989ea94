import type { DataSource, EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { applyCommit, type AppliedCommit } from './apply-commit.js';
import { commitMessage } from './commit-message.js';
import type { CardMetadata } from '../card/card-metadata.js';
import { branchRef, DEFAULT_BRANCH, tagRef } from './ref-names.js';
import { RepoCardService } from './repo-card.service.js';
import type { CommitEntity } from './commit.entity.js';
import type { CommitInput } from './commit-input.js';
import { CommitStore } from './commit.store.js';
import { composeCommit, hasSameMessage } from './compose-commit.js';
import { CommitWriterService } from './commit-writer.service.js';
import { ContentWriterService, type WrittenContent } from './content-writer.service.js';
import { ObjectStore } from './object.store.js';
import { RefStore } from './ref.store.js';
import { Turns } from '../../platform/async/turns.js';

/** What huggingface.co says when the branch has moved on (contract B.2). */
const STALE_MESSAGE = 'A commit has happened since. Please refresh and try again.';

/** The stores that a commit goes through. */
export interface CommitStores {
  readonly refs: RefStore;
  readonly commits: CommitStore;
  readonly objects: ObjectStore;
}

/** A commit that is being made: what was sent, and the branch as it is now, held until the end of the transaction. */
interface Attempt {
  readonly m: EntityManager;
  readonly repositoryId: number;
  readonly input: CommitInput;
  readonly taken: WrittenContent;
  /** As it is after the commit; undefined when the commit leaves it as it is, or is not on the default branch. */
  readonly card: CardMetadata | undefined;
  readonly head: CommitEntity;
}

/**
 * Makes commits: content first, then one transaction that holds the branch from reading it to moving it, so that each commit builds on
 * the one before, whichever replica made that. Within this process commits to one branch wait outside the database: a connection each
 * would leave none for readers.
 */
export class LocalCommitsService {
  private readonly turns = new Turns();

  constructor(
    private readonly database: DataSource,
    private readonly stores: CommitStores,
    private readonly intake: ContentWriterService,
    private readonly writer: CommitWriterService,
    private readonly cards: RepoCardService,
    private readonly clock: () => Date,
  ) {}

  /**
   * The new commit's id; that of the branch as it is, when nothing would change, or when its head is this very commit: a client whose
   * answer was lost sends it again (contract B.5).
   * @throws HubError `RevisionNotFound` for a missing branch, `PreconditionFailed` when the branch is not at `parentCommit`,
   * `EntryNotFound` for a missing file to delete, `BadRequest` for what cannot be written
   */
  async commit(repositoryId: number, input: CommitInput): Promise<string> {
    commitMessage(input.summary, input.description);
    await this.requireBranch(repositoryId, input.branch); // before somebody sends gigabytes for nothing
    const taken = await this.intake.take(repositoryId, input.operations);
    const card = input.branch === DEFAULT_BRANCH ? await this.cards.after(repositoryId, taken) : undefined;
    const make = async (m: EntityManager): Promise<string> => {
      const oid = await this.stores.refs.hold(m, { repositoryId, name: branchRef(input.branch) });
      const head = oid === undefined ? undefined : await this.stores.commits.find(repositoryId, oid, m);
      if (!head) throw missing(input.branch);
      return this.attempt({ m, repositoryId, input, taken, card, head });
    };
    return this.turns.take(`${repositoryId} ${input.branch}`, () => this.database.transaction(make));
  }

  private async requireBranch(repositoryId: number, branch: string): Promise<void> {
    const [name, tag] = [branchRef(branch), tagRef(branch)];
    const found = await this.stores.refs.find(repositoryId, [name, tag]);
    if (found.has(name)) return;
    if (found.has(tag)) throw new HubError('BadRequest', `"${branch}" is a tag; commits are made to branches`);
    throw missing(branch);
  }

  private async attempt(attempt: Attempt): Promise<string> {
    const { input, head } = attempt;
    try {
      if (input.parentCommit !== undefined && input.parentCommit !== head.oid) {
        const detail = `"${input.branch}" is at ${head.oid}, no longer at ${input.parentCommit}`;
        throw new HubError('PreconditionFailed', STALE_MESSAGE, { detail });
      }
      return await this.write(attempt, await this.apply(attempt, head.treeOid));
    } catch (error) {
      if (error instanceof HubError && (await this.isRepeated(attempt))) return head.oid;
      throw error;
    }
  }

  private apply({ m, repositoryId, taken }: Attempt, treeOid: string): Promise<AppliedCommit> {
    return applyCommit((oid) => this.stores.objects.tree(repositoryId, oid, m), treeOid, taken.operations);
  }

  private async write({ m, repositoryId, input, taken, card, head }: Attempt, applied: AppliedCommit): Promise<string> {
    const { refs, objects } = this.stores;
    if (applied.treeOid === head.treeOid) {
      await objects.addBlobs(m, taken.blobs);
      return head.oid;
    }
    const message = commitMessage(input.summary, input.description);
    const draft = { repositoryId, parent: head, treeOid: applied.treeOid, message, author: input.author };
    const commit = composeCommit({ ...draft, at: this.clock() });
    await this.writer.write(m, commit, { applied, blobs: taken.blobs, card });
    await refs.move(m, { repositoryId, name: branchRef(input.branch) }, head.oid, commit.oid);
    return commit.oid;
  }

  /** Is the head what this commit would make of the head's parent, in the same words and by the same author? */
  private async isRepeated(attempt: Attempt): Promise<boolean> {
    const { m, repositoryId, input, head } = attempt;
    const { parentOid } = head;
    if (parentOid === null || (input.parentCommit ?? parentOid) !== parentOid || !hasSameMessage(head, input)) return false;
    const parent = await this.stores.commits.find(repositoryId, parentOid, m);
    try {
      return parent !== undefined && (await this.apply(attempt, parent.treeOid)).treeOid === head.treeOid;
    } catch (error) {
      if (error instanceof HubError) return false;
      throw error;
    }
  }
}

const missing = (branch: string): HubError => new HubError('RevisionNotFound', `Invalid rev id: ${branch}`);
