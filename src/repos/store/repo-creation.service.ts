import type { DataSource } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { applyCommit } from './apply-commit.js';
import { checkRepoName } from '../../domain/check-name.js';
import { EMPTY_TREE } from './git-tree.js';
import { lookupName } from '../../domain/lookup-key.js';
import { defaultGitAttributes } from './default-git-attributes.js';
import { branchRef, DEFAULT_BRANCH } from './ref-names.js';
import type { AccountEntity } from '../../users/account.entity.js';
import { AccountsService } from '../../users/accounts.service.js';
import { composeCommit } from './compose-commit.js';
import { CommitWriterService } from './commit-writer.service.js';
import { ContentWriterService } from './content-writer.service.js';
import type { LocalRepo } from './local-repo.js';
import { RefStore } from './ref.store.js';
import { RepoStore } from './repo.store.js';

/** A repository to be made. */
export interface CreateRepoInput {
  readonly repo: RepoId;
  /** The account it belongs to; where the id has a namespace, that is its name. */
  readonly ownerName: string;
  readonly private: boolean;
  /** A space's runtime. */
  readonly sdk?: string;
  /** Who makes it, for the first commit; its owner when absent. */
  readonly author?: string;
}

/** The stores that a new repository is written to. */
export interface RepoCreationStores {
  readonly repos: RepoStore;
  readonly refs: RefStore;
}

/** Makes repositories. Each is born with a commit: clients take a repository without one for broken (contract E.39). */
export class RepoCreationService {
  constructor(
    private readonly database: DataSource,
    private readonly stores: RepoCreationStores,
    private readonly accounts: AccountsService,
    private readonly intake: ContentWriterService,
    private readonly writer: CommitWriterService,
    private readonly clock: () => Date,
  ) {}

  /** @throws HubError `BadRequest` for an impossible name, `NotFound` without such an owner, `Conflict` when there is one */
  async create({ repo, ownerName, private: isPrivate, sdk, author }: CreateRepoInput): Promise<LocalRepo> {
    checkRepoName(repo.name);
    const owner = await this.owner(repo, ownerName);
    const namespace = repo.namespace === '' ? '' : owner.name;
    const row = { repo: { ...repo, namespace }, ownerId: owner.id, private: isPrivate, sdk };
    // content first and outside: inside the transaction the embedded database would wait for itself
    const file = await this.intake.store(Buffer.from(defaultGitAttributes(repo.type)));
    return this.database.transaction(async (m) => {
      const created = await this.stores.repos.create(m, row);
      const blobs = [{ repositoryId: created.id, ...file }];
      const applied = await applyCommit(() => Promise.resolve(EMPTY_TREE), '', [
        { kind: 'put', path: '.gitattributes', oid: file.oid },
      ]);
      const commit = composeCommit({
        repositoryId: created.id,
        parent: undefined,
        treeOid: applied.treeOid,
        message: { title: 'initial commit', description: '' },
        author: { name: author ?? owner.name },
        at: this.clock(),
      });
      await this.writer.write(m, commit, { applied, blobs });
      const main = branchRef(DEFAULT_BRANCH);
      await this.stores.refs.create(m, { repositoryId: created.id, name: main, commitOid: commit.oid });
      return created;
    });
  }

  private async owner(repo: RepoId, ownerName: string): Promise<AccountEntity> {
    const owner = await this.accounts.find(ownerName);
    if (!owner) throw new HubError('NotFound', `There is no account named "${ownerName}"`);
    if (repo.namespace === '' || lookupName(repo.namespace) === owner.lookupName) return owner;
    throw new HubError('BadRequest', `"${repoFullName(repo)}" does not belong to "${owner.name}"`);
  }
}
