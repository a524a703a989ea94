import { Injectable } from '@nestjs/common';
import { isAccountName } from '../domain/account-name.js';
import type { AccountKind } from '../domain/account.js';
import type { ListEntry } from '../domain/list.js';
import type { ListFailure } from '../domain/list-failures.js';
import type { QueryPairs } from '../domain/query.js';
import { REPO_TYPES, type RepoType } from '../domain/repo-id.js';
import type { Source } from '../domain/source.js';
import type { RequestContext } from '../fallback/resolver/fallback-request.js';
import type { AccountEntity } from '../users/account.entity.js';
import { AccountStore } from '../users/account.store.js';
import { AccountLookupService } from '../users/account-lookup.service.js';
import { HubError } from '../domain/hub-error.js';
import { parseListParameters } from './list-parameters.js';
import type { ServedList } from './list-sources.js';
import { ListsService, type ListResult } from './lists.service.js';
import { rankResults } from './rank-results.js';
import type { SearchedType, SearchQuery } from './search-parameters.js';

/** An account that was found. */
export interface FoundAccount {
  readonly kind: AccountKind;
  readonly name: string;
  readonly fullName: string;
  readonly local?: AccountEntity;
  readonly source?: Source;
}

/** A part of the results. */
interface Group<T> {
  readonly entries: readonly T[];
  readonly hasMore: boolean;
}

export interface SearchResults {
  readonly repositories: Readonly<Record<RepoType, Group<unknown>>>;
  readonly accounts: Readonly<Record<AccountKind, Group<FoundAccount>>>;
  readonly failures: readonly ListFailure[];
  readonly served: readonly ServedList[];
}

const TYPE_OF_KIND: Readonly<Record<AccountKind, SearchedType>> = { user: 'user', organization: 'org' };
/** Fields of a list entry that a result shows. */
const FIELDS = ['author', 'lastModified', 'downloads', 'likes', 'private', 'gated'];
const EMPTY: ListResult = { entries: [], failures: [], served: [] };

/** Searches repositories and accounts. Repositories of sources are found as in lists. A source cannot search its accounts, so only one with exactly this name is found. */
@Injectable()
export class QuickSearch {
  constructor(
    private readonly lists: ListsService,
    private readonly accounts: AccountStore,
    private readonly lookup: AccountLookupService,
  ) {}

  async search(query: SearchQuery, context: RequestContext): Promise<SearchResults> {
    const [repositories, external, ...local] = await Promise.all([
      Promise.all(REPO_TYPES.map((type) => this.repositories(type, query, context))),
      this.externalAccount(query, context),
      this.localAccounts('user', query),
      this.localAccounts('organization', query),
    ]);
    const [users, organizations] = local.map((group) => withExternal(group, external, query));
    const failures = new Map(
      repositories.flatMap((result) => result.failures.map((failure) => [failure.name, failure])),
    );
    return {
      repositories: Object.fromEntries(
        REPO_TYPES.map((type, n) => [type, groupOf(repositories[n]!, query)]),
      ) as unknown as SearchResults['repositories'],
      accounts: { user: users!, organization: organizations! },
      failures: [...failures.values()],
      served: repositories.flatMap(({ served }) => served),
    };
  }

  private async repositories(
    type: RepoType,
    { text, types, limit }: SearchQuery,
    context: RequestContext,
  ): Promise<ListResult> {
    if (!types.includes(type)) return EMPTY;
    const fields = [...FIELDS, ...(type === 'model' ? ['pipeline_tag'] : [])];
    const parameters: QueryPairs = [
      ['search', text],
      ['limit', `${limit}`],
      ...fields.map((field) => ['expand', field] as const),
    ];
    return this.lists.page(parseListParameters(type, parameters), { ...context, namespace: '' });
  }

  private async localAccounts(kind: AccountKind, { text, types, limit }: SearchQuery): Promise<LocalGroup> {
    if (!types.includes(TYPE_OF_KIND[kind])) return { kind, found: [], hasMore: false };
    const accounts = await this.accounts.list({ kind, search: text, active: true, limit: limit + 1 });
    return { kind, found: accounts.slice(0, limit).map(toFound), hasMore: accounts.length > limit };
  }

  /** The account with this name at a source. Without repositories among the types, a failed source is not reported: only lists report them. */
  private async externalAccount(
    { text, types }: SearchQuery,
    context: RequestContext,
  ): Promise<FoundAccount | undefined> {
    const isSearched = types.includes('user') || types.includes('org');
    if (!isSearched || !isAccountName(text)) return undefined;
    try {
      const { external } = await this.lookup.find(text, types.includes('user') ? 'user' : 'organization', context);
      if (!external) return undefined;
      const { kind, name, fullName } = external.account;
      return { kind, name, fullName, source: external.source };
    } catch (error) {
      if (error instanceof HubError) return undefined;
      throw error;
    }
  }
}

interface LocalGroup {
  readonly kind: AccountKind;
  readonly found: readonly FoundAccount[];
  readonly hasMore: boolean;
}

const toFound = (local: AccountEntity): FoundAccount => ({
  kind: local.kind,
  name: local.name,
  fullName: local.fullName,
  local,
});

function groupOf({ entries, next }: ListResult, { text }: SearchQuery): Group<unknown> {
  const results = (entries as readonly ListEntry[]).map((item) => ({
    item,
    text: item.id,
    isLocal: item['_source'] === 'local',
  }));
  return { entries: rankResults(results, text), hasMore: next !== undefined };
}

function withExternal(
  { kind, found, hasMore }: LocalGroup,
  external: FoundAccount | undefined,
  { text, types }: SearchQuery,
): Group<FoundAccount> {
  const isAdded = external?.kind === kind && types.includes(TYPE_OF_KIND[kind]);
  const results = [...found, ...(isAdded ? [external] : [])];
  return {
    entries: rankResults(
      results.map((item) => ({ item, text: item.name, isLocal: item.local !== undefined })),
      text,
    ),
    hasMore,
  };
}
