import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { checkRepoName } from '../../domain/check-name.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import type { NameCheckColumns } from '../../fallback/guard/name-check.entity.js';
import type { NameCounts } from '../../domain/name-check.js';
import { NameCheckQueries } from '../../fallback/guard/name-check.queries.js';
import { NameLookup } from '../../fallback/guard/name-lookup.service.js';
import { NameReview, type DueName, type LocalNames } from '../../fallback/guard/name-review.service.js';
import { CredentialCheck } from '../../platform/http/credential-check.service.js';
import { NamespaceGuard, type NameUse } from '../../fallback/guard/namespace-guard.service.js';
import { nameTaken, RepoStore } from '../store/repo.store.js';

/** Checks ids of repositories before they are used on this hub, and lets `NameReview` check them later. */
@Injectable()
export class RepoNames implements LocalNames, OnModuleInit {
  private readonly queries: NameCheckQueries<RepoId>;

  constructor(
    @InjectDataSource() database: DataSource,
    private readonly repos: RepoStore,
    private readonly guard: NamespaceGuard,
    private readonly lookup: NameLookup,
    private readonly review: NameReview,
    private readonly credentials: CredentialCheck,
  ) {
    const columns = 'type, namespace, name';
    this.queries = new NameCheckQueries(database, { table: 'repositories', key: 'lookup_key', columns });
  }

  onModuleInit(): void {
    this.review.register(this);
  }

  /**
   * Checks an id before a repository is created with it or moved to it. Sources are only asked if it is available on this hub.
   *
   * @throws HubError `BadRequest` for an invalid name or a credential, `Conflict` if the id is in use here; as `NamespaceGuard.checkRepo`. Clients read
   * the `url` from a conflict.
   */
  async check(repo: RepoId, use: NameUse, urls: UrlBuilder): Promise<NameCheckColumns> {
    checkRepoName(repo.name);
    await this.credentials.checkTexts([repo.name], use);
    if (await this.repos.find(repo)) throw this.existing(repo, use.action, urls);
    try {
      return await this.guard.checkRepo(repo, use);
    } catch (error) {
      throw error instanceof HubError && error.code === 'Conflict' ? error.with(urlOf(repo, urls)) : error;
    }
  }

  /** The error for an id that is in use on this hub, with the messages of huggingface.co. Clients match the one for a move. */
  existing(repo: RepoId, action: NameUse['action'], urls: UrlBuilder, cause?: unknown): HubError {
    if (action === 'move') return nameTaken(repo).with({ ...urlOf(repo, urls), cause });
    return new HubError('Conflict', `You already created this ${repo.type} repo`, { ...urlOf(repo, urls), cause });
  }

  async claimDue(limit: number, now: Date): Promise<DueName[]> {
    const rows = await this.queries.claim(limit, now);
    return rows.map((row) => ({
      label: `${row.type} "${repoFullName(row)}"`,
      check: () =>
        this.lookup.repo({ type: row.type, namespace: row.namespace, name: row.name }, { isBackground: true }),
      save: (check) => this.queries.save(row, check),
    }));
  }

  /** Leaves out private repositories, so that their names stay on this hub. */
  scheduleAll(now: Date): Promise<number> {
    return this.queries.schedule('NOT private', now);
  }

  count(): Promise<NameCounts> {
    return this.queries.count();
  }
}

const urlOf = (repo: RepoId, urls: UrlBuilder): { readonly body: { readonly url: string } } => ({
  body: { url: urls.repo(repo) },
});
