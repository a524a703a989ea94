import { Test } from '@nestjs/testing';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Caller } from '../../src/domain/caller.js';
import { ANONYMOUS } from '../../src/domain/caller.js';
import type { RepoId } from '../../src/domain/repo-id.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { ObservabilityModule } from '../../src/platform/observability/observability.module.js';
import { buildHubConfig } from './build-hub-config.js';
import type { DatabaseConfig } from '../../src/platform/database/data-source-options.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import type { CommitInput } from '../../src/repos/store/commit-input.js';
import { DownloadCounts } from '../../src/repos/store/download-counts.service.js';
import { LocalRefsService } from '../../src/repos/store/local-refs.service.js';
import { LocalRepos } from './local-repos.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { LocalStoreModule } from '../../src/repos/store/local-store.module.js';
import { RepoChangesService } from '../../src/repos/store/repo-changes.service.js';
import { RevisionsService } from '../../src/repos/store/revisions.service.js';
import { RootCommitsService } from '../../src/repos/store/root-commits.service.js';
import { AccountsService } from '../../src/users/accounts.service.js';

/** The local store module, wired as in the application, with an account `alice` and helpers for tests. */
export class LocalStore {
  private constructor(
    readonly repositories: LocalRepos,
    readonly accounts: AccountsService,
    readonly database: DataSource,
    readonly close: () => Promise<void>,
    readonly downloads: DownloadCounts,
    readonly refs: LocalRefsService,
    readonly roots: RootCommitsService,
    readonly revisions: RevisionsService,
    readonly changes: RepoChangesService,
  ) {}

  static async open(config: DatabaseConfig): Promise<LocalStore> {
    const module = await Test.createTestingModule({
      imports: [
        ConfigModule.forRoot(buildHubConfig({}, config)),
        ObservabilityModule,
        HttpModule,
        DatabaseModule,
        LocalStoreModule,
      ],
    }).compile();
    await module.init();
    const store = new LocalStore(
      LocalRepos.of(module),
      module.get(AccountsService),
      module.get<DataSource>(getDataSourceToken()),
      () => module.close(),
      module.get(DownloadCounts),
      module.get(LocalRefsService),
      module.get(RootCommitsService),
      module.get(RevisionsService),
      module.get(RepoChangesService),
    );
    if (!(await store.accounts.find('alice'))) await store.accounts.createUser({ name: 'alice' });
    return store;
  }

  /** Creates a public repository of alice with a unique name, as found by a caller with write access. */
  async repository(given: Partial<RepoId & { private: boolean }> = {}): Promise<LocalRepo> {
    this.created += 1;
    const { private: isPrivate = false, ...id } = given;
    const repo: RepoId = { type: 'model', namespace: 'alice', name: `model-${this.created}`, ...id };
    const repository = await this.repositories.createRepository({ repo, ownerName: 'alice', private: isPrivate });
    return { ...repository, callerMayWrite: () => Promise.resolve(true) };
  }

  /** Commits text files to `main`; null deletes one. */
  commit(repository: LocalRepo, files: Record<string, string | null>, more: Partial<CommitInput> = {}) {
    const operations = Object.entries(files).map(([path, text]) =>
      text === null
        ? ({ kind: 'deletedFile', path } as const)
        : ({ kind: 'file', path, content: Buffer.from(text) } as const),
    );
    const defaults = { branch: 'main', summary: 'change', author: { name: 'alice' } };
    return this.repositories.commit(repository, { ...defaults, operations, ...more });
  }

  find(repo: RepoId, caller: Caller = ANONYMOUS): Promise<LocalRepo | undefined> {
    return this.repositories.find(repo, caller);
  }

  private created = 0;
}
