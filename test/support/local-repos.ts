import type { Readable } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import type { Caller } from '../../src/domain/caller.js';
import type { QueryPairs } from '../../src/domain/query.js';
import type { RepoId } from '../../src/domain/repo-id.js';
import type { StoredBlob } from '../../src/platform/storage/blob-store.js';
import type { CommitInput } from '../../src/repos/store/commit-input.js';
import { LfsObjectsService } from '../../src/repos/store/lfs-objects.service.js';
import { LocalCommitsService } from '../../src/repos/store/local-commits.service.js';
import { LocalFilesService } from '../../src/repos/store/local-files.service.js';
import { LocalInfoService } from '../../src/repos/store/local-info.service.js';
import { LocalRefsService, type NewRef } from '../../src/repos/store/local-refs.service.js';
import type { LocalRepo, OpenRepo } from '../../src/repos/store/local-repo.js';
import { RepoAccessService } from '../../src/repos/store/repo-access.service.js';
import { RepoCreationService, type CreateRepoInput } from '../../src/repos/store/repo-creation.service.js';

/** Reads and writes local repositories through the services of an application. */
export class LocalRepos {
  private constructor(private readonly app: INestApplicationContext) {}

  static of(app: INestApplicationContext): LocalRepos {
    return new LocalRepos(app);
  }

  find(repo: RepoId, caller: Caller): Promise<LocalRepo | undefined> {
    return this.app.get(RepoAccessService, { strict: false }).find(repo, caller);
  }

  createRepository(input: CreateRepoInput): Promise<LocalRepo> {
    return this.app.get(RepoCreationService, { strict: false }).create(input);
  }

  commit(repository: LocalRepo, input: CommitInput): Promise<string> {
    return this.app.get(LocalCommitsService, { strict: false }).commit(repository.id, input);
  }

  createBranch(repository: LocalRepo, branch: NewRef): Promise<void> {
    return this.app.get(LocalRefsService, { strict: false }).createBranch(repository, branch);
  }

  createTag(repository: LocalRepo, tag: NewRef): Promise<void> {
    return this.app.get(LocalRefsService, { strict: false }).createTag(repository, tag);
  }

  putLfsObject(repository: LocalRepo, content: Readable, sha256?: string): Promise<StoredBlob> {
    return this.app.get(LfsObjectsService, { strict: false }).receiveUnhashed(repository.id, content, sha256);
  }

  file(repository: LocalRepo, revision: string, path: readonly string[], raw: boolean) {
    return this.files.file(repository as OpenRepo, revision, path, raw);
  }

  tree(repository: LocalRepo, rest: readonly string[], query: QueryPairs) {
    return this.files.tree(repository, rest, query);
  }

  pathsInfo(repository: LocalRepo, rest: readonly string[], paths: readonly string[], expand: boolean) {
    return this.files.pathsInfo(repository, rest, paths, expand);
  }

  info(repository: LocalRepo, query: QueryPairs) {
    return this.infos.info(repository, [], query);
  }

  revision(repository: LocalRepo, rest: readonly string[], query: QueryPairs) {
    return this.infos.info(repository, rest, query);
  }

  refs(repository: LocalRepo, query: QueryPairs) {
    return this.infos.refs(repository, query);
  }

  commits(repository: LocalRepo, rest: readonly string[], query: QueryPairs) {
    return this.infos.commits(repository as OpenRepo, rest, query);
  }

  private get files(): LocalFilesService {
    return this.app.get(LocalFilesService, { strict: false });
  }

  private get infos(): LocalInfoService {
    return this.app.get(LocalInfoService, { strict: false });
  }
}
