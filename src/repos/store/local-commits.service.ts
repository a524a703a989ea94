import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { applyCommit, type AppliedCommit } from './apply-commit.js';
import { attributesFile, withAttributes, type PreparedContent } from './prepared-content.js';
import { commitMessage } from './commit-message.js';
import type { StoredCard } from '../card/card-metadata.js';
import { branchRef, DEFAULT_BRANCH, tagRef } from './ref-names.js';
import { RepoCardService } from './repo-card.service.js';
import type { CommitEntity } from './commit.entity.js';
import type { CommitInput } from './commit-input.js';
import { CommitStores } from './commit-stores.service.js';
import { composeCommit, hasSameMessage } from './compose-commit.js';
import { CommitWriterService } from './commit-writer.service.js';
import { ContentWriterService, type WrittenContent } from './content-writer.service.js';
import type { UploadSession } from '../quota/upload-session.js';
import { ModelDescriptions } from './model-descriptions.service.js';
import { QuotaService } from '../quota/quota.service.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { FairTurns } from '../../platform/async/fair-turns.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';

/** The message of huggingface.co if the branch has moved. Clients match it. */
const STALE_MESSAGE = 'The branch was updated since you opened this page. Please refresh and try again.';

/** Commits that are written at the same time, by accounts in turn. Each occupies a connection to the database for seconds. */
const MAX_TRANSACTIONS = 4;

/** A commit attempt: the input and the branch head, which is locked until the end of the transaction. */
interface Attempt {
  readonly m: EntityManager;
  readonly repositoryId: number;
  readonly input: CommitInput;
  readonly written: PreparedContent;
  /** Card metadata after the commit; undefined if the commit does not change the card or is not on the default branch. */
  readonly card: StoredCard | undefined;
  readonly head: CommitEntity;
}

/**
 * Creates commits. Content is stored first; then one transaction locks the branch from reading its head to moving it, so that each commit
 * builds on the previous one, whichever replica wrote it. Within a process, commits to a branch wait outside the database: connections are left for reads.
 */
@Injectable()
export class LocalCommitsService {
  private readonly mutex = new KeyedMutex();
  private readonly turns = new FairTurns({ slots: MAX_TRANSACTIONS });

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly stores: CommitStores,
    private readonly contents: ContentWriterService,
    private readonly writer: CommitWriterService,
    private readonly cards: RepoCardService,
    private readonly quotas: QuotaService,
    private readonly descriptions: ModelDescriptions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Returns the new commit's id. Returns the head's id if nothing would change, or if the head is this very commit, because clients repeat
   * a commit whose response was lost (contract B.5).
   *
   * @throws HubError `RevisionNotFound` for a missing branch, `PreconditionFailed` if the branch is not at `parentCommit`, `EntryNotFound`
   * if a file to delete is missing, `BadRequest` for invalid input, `QuotaExceeded` or `PayloadTooLarge` for content that the owner may not
   * store
   */
  async commit(repositoryId: number, input: CommitInput): Promise<string> {
    commitMessage(input.summary, input.description);
    await this.requireBranch(repositoryId, input.branch); // checked early, so that the client does not upload gigabytes in vain
    const session = await this.quotas.open(repositoryId);
    try {
      const written = await this.contents.writeAll(repositoryId, input, session);
      const oid = await this.commitWritten(repositoryId, input, { written, session });
      if (input.branch === DEFAULT_BRANCH) this.descriptions.begin();
      return oid;
    } finally {
      await session.close();
    }
  }

  private async commitWritten(
    repositoryId: number,
    input: CommitInput,
    { written, session }: { readonly written: WrittenContent; readonly session: UploadSession },
  ): Promise<string> {
    const card = input.branch === DEFAULT_BRANCH ? await this.cards.readAfter(repositoryId, written) : undefined;
    const commitToHead = async (m: EntityManager, prepared: PreparedContent): Promise<string | undefined> => {
      const oid = await this.stores.refs.lock(m, { repositoryId, name: branchRef(input.branch) });
      const head = oid === undefined ? undefined : await this.stores.commits.find(repositoryId, oid, m);
      if (!head) throw revisionNotFound(input.branch);
      if (prepared.headOid !== undefined && prepared.headOid !== oid) return undefined; // another replica has moved the branch
      await this.quotas.settle(m, session);
      return this.attempt({ m, repositoryId, input, written: prepared, card, head });
    };
    return this.mutex.runExclusive(`${repositoryId} ${input.branch}`, async () => {
      for (;;) {
        const prepared = await this.prepare(repositoryId, input, written, session);
        const oid = await this.turns.run(`account ${input.author.name}`, () =>
          this.database.transaction((m) => commitToHead(m, prepared)),
        );
        if (oid !== undefined) return oid;
      }
    });
  }

  /** Adds the `.gitattributes` for large files, before the transaction because its content has to be stored. */
  private async prepare(
    repositoryId: number,
    input: CommitInput,
    written: WrittenContent,
    session: UploadSession,
  ): Promise<PreparedContent> {
    if (!input.trackLargeFiles || written.files.large.length === 0) return written;
    const { refs, commits } = this.stores;
    const name = branchRef(input.branch);
    const headOid = (await refs.find(repositoryId, [name])).get(name);
    const head = headOid === undefined ? undefined : await commits.find(repositoryId, headOid);
    if (!head) return written;
    const contentOn = async (base: CommitEntity): Promise<WrittenContent> => {
      const text = await input.trackLargeFiles!(base, written.files);
      if (text === undefined) return written;
      return withAttributes(written, await this.contents.writeAll(repositoryId, attributesFile(text), session));
    };
    const mayBeRepeated = head.parentOid !== null && hasSameMessage(head, input);
    const parent = mayBeRepeated ? await commits.find(repositoryId, head.parentOid!) : undefined;
    return { ...(await contentOn(head)), headOid, ...(parent && { onParent: await contentOn(parent) }) };
  }

  private async requireBranch(repositoryId: number, branch: string): Promise<void> {
    const [name, tag] = [branchRef(branch), tagRef(branch)];
    const found = await this.stores.refs.find(repositoryId, [name, tag]);
    if (found.has(name)) return;
    if (found.has(tag)) throw new HubError('BadRequest', `"${branch}" is a tag. Commit to a branch instead.`);
    throw revisionNotFound(branch);
  }

  private async attempt(attempt: Attempt): Promise<string> {
    const { input, head } = attempt;
    try {
      if (input.parentCommit !== undefined && input.parentCommit !== head.oid) {
        const detail = `"${input.branch}" is at commit ${head.oid}, not at ${input.parentCommit}`;
        throw new HubError('PreconditionFailed', STALE_MESSAGE, { detail });
      }
      return await this.write(attempt, await this.apply(attempt, head.treeOid, attempt.written));
    } catch (error) {
      if (error instanceof HubError && (await this.isAlreadyCommitted(attempt))) return head.oid;
      throw error;
    }
  }

  private apply({ m, repositoryId }: Attempt, treeOid: string, { operations }: WrittenContent): Promise<AppliedCommit> {
    return applyCommit((oids) => this.stores.objects.trees(repositoryId, oids, m), treeOid, operations);
  }

  private async write(
    { m, repositoryId, input, written, card, head }: Attempt,
    applied: AppliedCommit,
  ): Promise<string> {
    const { refs, objects } = this.stores;
    await objects.addLfsObjects(repositoryId, written.newLfsBlobs, m);
    if (applied.treeOid === head.treeOid) {
      await objects.addBlobs(m, written.blobs);
      return head.oid;
    }
    const message = commitMessage(input.summary, input.description);
    const draft = { repositoryId, parent: head, treeOid: applied.treeOid, message, author: input.author };
    const commit = composeCommit({ ...draft, at: this.clock() });
    await this.writer.write(m, commit, { applied, blobs: written.blobs, card });
    await refs.move(m, { repositoryId, name: branchRef(input.branch) }, head.oid, commit.oid);
    await this.stores.audit.record(m, input.by, {
      action: 'repo.commit',
      repositoryId,
      object: branchRef(input.branch),
      data: { ref: branchRef(input.branch), oldSha: head.oid, newSha: commit.oid },
    });
    return commit.oid;
  }

  /** Whether the head is already the result of this commit: same parent, tree, message and author. */
  private async isAlreadyCommitted(attempt: Attempt): Promise<boolean> {
    const { m, repositoryId, input, head, written } = attempt;
    const { parentOid } = head;
    if (parentOid === null || (input.parentCommit ?? parentOid) !== parentOid || !hasSameMessage(head, input))
      return false;
    const parent = await this.stores.commits.find(repositoryId, parentOid, m);
    try {
      const content = written.onParent ?? written;
      return parent !== undefined && (await this.apply(attempt, parent.treeOid, content)).treeOid === head.treeOid;
    } catch (error) {
      if (error instanceof HubError) return false;
      throw error;
    }
  }
}

const revisionNotFound = (branch: string): HubError => new HubError('RevisionNotFound', `Invalid rev id: ${branch}`);
