import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { QueryPairs } from '../../domain/operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { RefsAnswer } from './wire/refs.js';
import type { TreeEntry } from './wire/tree-entry.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { DISABLED_MESSAGE } from '../../domain/classify-reply.js';
import { lookupKey } from '../../domain/lookup-key.js';
import type { StoredBlob } from '../../platform/storage/blob-store.js';
import { AccountsService } from '../../users/accounts.service.js';
import { LfsObjectsService } from './lfs-objects.service.js';
import { MissingRepoCache } from './missing-repo-cache.store.js';
import type { CommitInput } from './commit-input.js';
import { LocalCommitsService } from './local-commits.service.js';
import { LocalFilesService } from './local-files.service.js';
import { LocalInfoService } from './local-info.service.js';
import { LocalRefsService, type NewRef } from './local-refs.service.js';
import type { CommitsPage, LocalFile, LocalRepo, TreePage } from './local-repo.js';
import { RepoCreationService, type CreateRepoInput } from './repo-creation.service.js';
import { RepoStore } from './repo.store.js';
import type { RepoAnswer } from './repo-info.js';

/** The local store in one place: the repositories that this hub has, to be read and written. */
@Injectable()
export class LocalRepositories {
  constructor(
    private readonly repos: RepoStore,
    private readonly absent: MissingRepoCache,
    private readonly accounts: AccountsService,
    private readonly readers: LocalFilesService,
    private readonly infos: LocalInfoService,
    private readonly newRefs: LocalRefsService,
    private readonly newRepositories: RepoCreationService,
    private readonly commitMaker: LocalCommitsService,
    private readonly lfsObjects: LfsObjectsService,
  ) {}

  /**
   * The repository of this id in whatever case, or undefined when this hub has none: only then may a source be asked.
   * @throws HubError `RepoNotFound` for a private one that the caller may not read, in the words for a missing one; `Moved` for one
   * that had this id before; `Disabled` for one that the administrator has closed
   */
  async find(repo: RepoId, caller: Caller): Promise<LocalRepo | undefined> {
    const found = await this.lookUp(repo);
    if (!found) return undefined;
    if (found.private && !(await this.accounts.mayRead(caller, found.ownerId))) {
      throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    }
    if (lookupKey(found.repo) !== lookupKey(repo))
      throw new HubError('Moved', 'This repository has another name now', { moved: { from: repo, to: found.repo } });
    if (found.disabled) throw new HubError('Disabled', DISABLED_MESSAGE);
    return found;
  }

  private async lookUp(repo: RepoId): Promise<LocalRepo | undefined> {
    const key = lookupKey(repo);
    if (this.absent.has(key)) return undefined;
    const { generation } = this.absent;
    const found = (await this.repos.find(repo)) ?? (await this.repos.findMoved(repo));
    if (!found) this.absent.note(key, generation);
    return found;
  }

  info(repository: LocalRepo, query: QueryPairs): Promise<RepoAnswer> {
    return this.infos.revision(repository, [], query);
  }

  /** @throws HubError RevisionNotFound */
  revision(repository: LocalRepo, rest: readonly string[], query: QueryPairs): Promise<RepoAnswer> {
    return this.infos.revision(repository, rest, query);
  }

  /** @throws HubError `RevisionNotFound`, `EntryNotFound` when the path is no folder, `BadRequest` for a foreign cursor */
  tree(repository: LocalRepo, rest: readonly string[], query: QueryPairs): Promise<TreePage> {
    return this.readers.tree(repository, rest, query);
  }

  /** @throws HubError RevisionNotFound */
  pathsInfo(
    repository: LocalRepo,
    rest: readonly string[],
    paths: readonly string[],
    expand: boolean,
  ): Promise<TreeEntry[]> {
    return this.readers.pathsInfo(repository, rest, paths, expand);
  }

  refs(repository: LocalRepo, query: QueryPairs): Promise<RefsAnswer> {
    return this.infos.refs(repository, query);
  }

  /** @throws HubError RevisionNotFound */
  commits(repository: LocalRepo, rest: readonly string[], query: QueryPairs): Promise<CommitsPage> {
    return this.infos.commits(repository, rest, query);
  }

  /** @throws HubError `RevisionNotFound`, `EntryNotFound` */
  file(repository: LocalRepo, revision: string, path: readonly string[], raw: boolean): Promise<LocalFile> {
    return this.readers.file(repository, revision, path, raw);
  }

  /** @throws HubError `BadRequest`, `NotFound` without such an owner, `Conflict` when there is one */
  async createRepository(input: CreateRepoInput): Promise<LocalRepo> {
    const created = await this.newRepositories.create(input);
    await this.absent.forget(lookupKey(created.repo));
    return created;
  }

  /**
   * Takes a large file's content, which commits of this repository may then name.
   * @throws HubError `BadRequest` when the content has another sha256
   */
  putLfsObject(repository: LocalRepo, content: Readable, sha256?: string): Promise<StoredBlob> {
    return this.lfsObjects.receiveUnmeasured(repository.id, content, sha256);
  }

  /** The new commit's id. @throws HubError as `LocalCommitsService.commit` says */
  commit(repository: LocalRepo, input: CommitInput): Promise<string> {
    return this.commitMaker.commit(repository.id, input);
  }

  /** @throws HubError `BadRequest`, `RevisionNotFound`, `Conflict` */
  createBranch(repository: LocalRepo, branch: NewRef): Promise<void> {
    return this.newRefs.createBranch(repository, branch);
  }

  /** @throws HubError `BadRequest`, `RevisionNotFound`, `Conflict` */
  createTag(repository: LocalRepo, tag: NewRef): Promise<void> {
    return this.newRefs.createTag(repository, tag);
  }
}
