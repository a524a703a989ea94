import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { REPO_TYPES, repoFullName, type RepoType } from '../../domain/repo-id.js';
import { requireSignedIn } from '../../domain/require-caller.js';
import { NamespaceUsages } from '../quota/namespace-usages.service.js';
import { AdminRepoListStore, type AdminRepoEntry } from '../store/admin-repo-list.store.js';
import type { StorageListQueryDto, StoredRepositoryDto } from './dto/storage-list.dto.js';

const MAX_PAGE_SIZE = 500;

/** A page of repositories. */
export interface StorageListPage {
  readonly repositories: readonly StoredRepositoryDto[];
  /** Cursor of the next page; `undefined` on the last page. */
  readonly next: string | undefined;
}

/** Lists the repositories of an account with what they store, largest first. */
@Injectable()
export class StorageLists {
  constructor(
    private readonly usages: NamespaceUsages,
    private readonly repositories: AdminRepoListStore,
  ) {}

  /** @throws HubError `Unauthorized`, `BadRequest` for an invalid cursor */
  ofCaller(caller: Caller, query: StorageListQueryDto): Promise<StorageListPage> {
    return this.list(caller, requireSignedIn(caller).name, query);
  }

  /** @throws HubError `Unauthorized`, `NotFound`, `Forbidden` if the caller is not a member, `BadRequest` for an invalid cursor */
  async ofOrganization(caller: Caller, name: string, query: StorageListQueryDto): Promise<StorageListPage> {
    return this.list(caller, name, query, 'organization');
  }

  private async list(
    caller: Caller,
    name: string,
    { type, limit = MAX_PAGE_SIZE, search, cursor }: StorageListQueryDto,
    kind?: 'organization',
  ): Promise<StorageListPage> {
    const { account, usedBytes } = await this.usages.visibleTo(caller, name);
    if (kind !== undefined && account.kind !== kind)
      throw new HubError(
        'NotFound',
        `"${account.name}" is a user. Use /api/settings/repositories for your own repositories.`,
      );
    if (type !== undefined && !isOwnType(type)) return { repositories: [], next: undefined };
    const { entries, next } = await this.repositories.page({
      owner: account.name,
      sort: 'size',
      type,
      limit,
      cursor,
      ...(search !== undefined && search !== '' && { search }),
    });
    return { repositories: entries.map((entry) => toStored(entry, usedBytes)), next };
  }
}

const isOwnType = (type: string): type is RepoType => (REPO_TYPES as readonly string[]).includes(type);

const toStored = ({ type, namespace, name, ...entry }: AdminRepoEntry, usedBytes: number): StoredRepositoryDto => ({
  id: repoFullName({ type, namespace, name }),
  type,
  updatedAt: entry.updatedAt.toISOString(),
  visibility: entry.private ? 'private' : 'public',
  storage: entry.size,
  storagePercent: usedBytes === 0 ? 0 : (entry.size / usedBytes) * 100,
});
