import { Injectable } from '@nestjs/common';
import { SourceFanOut } from '../fallback/resolver/source-fan-out.service.js';
import type { RequestContext } from '../fallback/resolver/fallback-request.js';
import type { QueryPairs } from '../domain/query.js';
import { REPO_TYPES, type RepoType } from '../domain/repo-id.js';
import { checkNames } from '../domain/check-parameters.js';
import { isAccountName } from '../domain/account-name.js';
import { accountNotFound } from '../domain/choose-failure.js';
import type { ListFailure } from '../domain/list-failures.js';
import type { ServedList } from './list-sources.js';
import { parseListParameters } from './list-parameters.js';
import { AccountLookupService } from '../users/account-lookup.service.js';
import { ListsService, type ListResult } from './lists.service.js';
import { AccountListReader } from './account-list-reader.js';
import { ExternalLists } from './external-lists.service.js';

/** The repositories of an account, by type. */
export interface UserRepos {
  readonly entries: Readonly<Record<RepoType, readonly unknown[]>>;
  /** Types that have more repositories than returned. */
  readonly truncated: readonly RepoType[];
  readonly failures: readonly ListFailure[];
  readonly served: readonly ServedList[];
}

/** Defaults: KohakuHub's order, and the maximum page size. */
const DEFAULTS: QueryPairs = [
  ['sort', 'recent'],
  ['limit', '1000'],
];
const PARAMETERS: readonly string[] = ['sort', 'direction', 'limit', 'fallback'];

/** Lists all local and external repositories of a user or organization. */
@Injectable()
export class UserReposService {
  constructor(
    private readonly lists: ListsService,
    private readonly external: ExternalLists,
    private readonly fanOut: SourceFanOut,
    private readonly accounts: AccountLookupService,
  ) {}

  /**
   * @param parameters - query parameters `sort`, `direction` and `limit` (per type)
   * @throws HubError `BadRequest` for an invalid parameter; `NotFound` if the account does not exist, or the error of the sources
   */
  async list(name: string, parameters: QueryPairs, context: RequestContext): Promise<UserRepos> {
    if (!isAccountName(name)) throw accountNotFound('user');
    const listContext = { ...context, namespace: name };
    checkNames(parameters, PARAMETERS, 'this list');
    const own = parameters.filter(([key]) => key !== 'fallback');
    const defaults = DEFAULTS.filter(([key]) => !own.some(([name]) => name === key));
    const combined: QueryPairs = [...defaults, ...own, ['author', name]];
    const queries = REPO_TYPES.map((type) => parseListParameters(type, combined));
    const reader = new AccountListReader(this.external, this.fanOut);
    const results = await Promise.all(queries.map((query) => this.lists.page(query, listContext, undefined, reader)));
    // If all lists are empty, the account may not exist; the lookup then throws.
    if (results.every(({ entries }) => entries.length === 0)) await this.accounts.find(name, 'user', context);
    return combine(results);
  }
}

function combine(results: readonly ListResult[]): UserRepos {
  const resultOf = (n: number) => results[n]!;
  const failures = new Map(results.flatMap((result) => result.failures.map((failure) => [failure.name, failure])));
  return {
    entries: Object.fromEntries(
      REPO_TYPES.map((type, n) => [type, resultOf(n).entries]),
    ) as unknown as UserRepos['entries'],
    truncated: REPO_TYPES.filter((_, n) => resultOf(n).next !== undefined),
    failures: [...failures.values()],
    served: results.flatMap(({ served }) => served),
  };
}
