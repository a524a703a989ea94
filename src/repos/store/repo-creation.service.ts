import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { NameCheckColumns } from '../../fallback/guard/name-check.entity.js';
import type { StoredCard } from '../card/card-metadata.js';
import { CardParser } from '../card/card-parser.service.js';
import { applyCommit } from './apply-commit.js';
import { checkRepoName } from '../../domain/check-name.js';
import { loadEmptyTree } from './git-tree.js';
import { lookupKey, lookupName } from '../../domain/lookup-key.js';
import { CARD_PATH } from './card-path.js';
import type { Gate } from './content-gate.js';
import { checkGitFile } from './check-git-file.js';
import { defaultGitAttributes } from './default-git-attributes.js';
import type { FirstFile } from './first-file.js';
import { branchRef, DEFAULT_BRANCH } from './ref-names.js';
import type { AccountEntity } from '../../users/account.entity.js';
import { AccountsService } from '../../users/accounts.service.js';
import { composeCommit } from './compose-commit.js';
import { CommitWriterService } from './commit-writer.service.js';
import { FileContents, type NewBlob } from './file-contents.service.js';
import type { LocalRepo } from './local-repo.js';
import { MissingRepoCache } from './missing-repo-cache.store.js';
import { QuotaService } from '../quota/quota.service.js';
import type { UploadSession } from '../quota/upload-session.js';
import { RefStore } from './ref.store.js';
import { RepoStore, type NewRepo } from './repo.store.js';

/** Input for a new repository. */
export interface CreateRepoInput {
  readonly repo: RepoId;
  /** Name of the owning account; equals the id's namespace if it has one. */
  readonly ownerName: string;
  readonly private: boolean;
  /** Defaults to a repository that is not gated. */
  readonly gated?: Gate;
  /** SDK of a space. */
  readonly sdk?: string;
  /** Author of the first commit; defaults to the owner. */
  readonly author?: string;
  /** Files of the first commit; defaults to `.gitattributes`. */
  readonly files?: readonly FirstFile[];
  /** Whether sources have this id; defaults to a name that was not checked. */
  readonly nameCheck?: NameCheckColumns;
  /** The caller, for the audit log; undefined for the hub itself. */
  readonly by?: Caller;
}

/** Contents of the first commit of a repository. */
interface FirstCommit {
  readonly files: readonly { readonly path: string; readonly blob: NewBlob }[];
  /** Metadata of its card, if it has one. */
  readonly card: StoredCard | undefined;
  readonly author: string;
}

type FirstContent = Omit<FirstCommit, 'author'>;

/** The stores that creating a repository uses. */
@Injectable()
export class RepoCreationStores {
  constructor(
    readonly repos: RepoStore,
    readonly refs: RefStore,
    readonly missing: MissingRepoCache,
    readonly audit: AuditLog,
  ) {}
}

/**
 * Creates repositories. Each starts with a commit, because clients treat a repository without commits as broken (contract E.39).
 */
@Injectable()
export class RepoCreationService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly stores: RepoCreationStores,
    private readonly accounts: AccountsService,
    private readonly contents: FileContents,
    private readonly writer: CommitWriterService,
    private readonly cards: CardParser,
    private readonly quotas: QuotaService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws HubError `BadRequest` for an invalid name or file, `NotFound` if there is no such owner, `Conflict` if the repository exists,
   * `QuotaExceeded` if the owner may not have another repository or its files
   */
  async create(input: CreateRepoInput): Promise<LocalRepo> {
    const { repo, ownerName, private: isPrivate, gated = false, sdk, author, nameCheck } = input;
    checkRepoName(repo.name);
    const owner = await this.owner(repo, ownerName);
    const namespace = repo.namespace === '' ? '' : owner.name;
    const row = {
      repo: { ...repo, namespace },
      ownerId: owner.id,
      private: isPrivate,
      gated: gated || null,
      sdk,
      nameCheck,
    };
    // Content is stored before the transaction: inside it, the embedded database would deadlock on its only connection.
    const session = await this.quotas.openForNewRepo(owner.id);
    try {
      const first = { ...(await this.store(input, session)), author: author ?? owner.name };
      const created = await this.database.transaction(async (m) => {
        await this.quotas.settle(m, session);
        const repository = await this.insert(m, row, first);
        const data = { private: isPrivate, gated, ...(sdk !== undefined && { sdk }) };
        await this.stores.audit.record(m, input.by, { action: 'repo.create', repositoryId: repository.id, data });
        return repository;
      });
      await this.stores.missing.delete(lookupKey(created.repo));
      return created;
    } finally {
      await session.close();
    }
  }

  private async store(
    { repo, sdk, files = defaultFiles(repo) }: CreateRepoInput,
    session: UploadSession,
  ): Promise<FirstContent> {
    for (const file of files) await checkGitFile({ kind: 'file', ...file });
    const stored = await Promise.all(
      files.map(async ({ path, content }) => ({ path, blob: await this.contents.store({ path, content }, session) })),
    );
    const card = files.find(({ path }) => path === CARD_PATH)?.content.toString('utf8');
    return {
      files: stored,
      card: card === undefined ? undefined : await this.cards.stored({ type: repo.type, sdk: sdk ?? null }, card),
    };
  }

  private async insert(m: EntityManager, row: NewRepo, { files, card, author }: FirstCommit): Promise<LocalRepo> {
    await this.quotas.lock(m, row.ownerId);
    const created = await this.stores.repos.create(m, row);
    await this.quotas.requireRepoCount(m, row.ownerId);
    const contents = new Map(files.map(({ blob }) => [blob.oid, { repositoryId: created.id, ...blob }]));
    const additions = files.map(({ path, blob }) => ({ kind: 'put', path, oid: blob.oid }) as const);
    const applied = await applyCommit(loadEmptyTree, '', additions);
    const commit = composeCommit({
      repositoryId: created.id,
      parent: undefined,
      treeOid: applied.treeOid,
      message: { title: 'initial commit', description: '' },
      author: { name: author },
      at: this.clock(),
    });
    await this.writer.write(m, commit, { applied, blobs: [...contents.values()], card });
    const main = branchRef(DEFAULT_BRANCH);
    await this.stores.refs.create(m, { repositoryId: created.id, name: main, commitOid: commit.oid });
    return created;
  }

  private async owner(repo: RepoId, ownerName: string): Promise<AccountEntity> {
    const owner = await this.accounts.find(ownerName);
    if (!owner) throw new HubError('NotFound', `Account "${ownerName}" not found`);
    if (repo.namespace === '' || lookupName(repo.namespace) === owner.lookupName) return owner;
    throw new HubError('BadRequest', `"${repoFullName(repo)}" does not belong to the account "${owner.name}"`);
  }
}

const defaultFiles = ({ type }: RepoId): FirstFile[] => [
  { path: '.gitattributes', content: Buffer.from(defaultGitAttributes(type)) },
];
