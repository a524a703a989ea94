import { Injectable } from '@nestjs/common';
import { HubInquiries } from '../fallback/resolver/hub-inquiries.service.js';
import type { Asking } from '../fallback/resolver/question.js';
import type { QueryPairs } from '../domain/operation.js';
import { REPO_TYPES, type RepoType } from '../domain/repo-id.js';
import { isAccountName } from '../domain/account-name.js';
import { accountNotFound } from '../domain/choose-failure.js';
import type { ListFailure } from './list-failures.js';
import { parseListParameters } from './list-parameters.js';
import { AccountLookupService } from '../users/account-lookup.service.js';
import { ListsService, type ListResult } from './lists.service.js';
import { AccountListReader } from './account-list-reader.js';
import { ExternalLists } from './external-lists.service.js';

/** What an account has, by type. */
export interface UserRepos {
  readonly entries: Readonly<Record<RepoType, readonly unknown[]>>;
  /** Types of which there are more than are shown. */
  readonly truncated: readonly RepoType[];
  readonly failures: readonly ListFailure[];
}

/** KohakuHub's order where none is asked; and as many as a list's page may have. */
const DEFAULTS: QueryPairs = [
  ['sort', 'recent'],
  ['limit', '1000'],
];
const UNDERSTOOD: ReadonlySet<string> = new Set(['sort', 'direction', 'limit']);

/** All repositories of a user or organization, the hub's own and its sources' as one. */
@Injectable()
export class UserReposService {
  constructor(
    private readonly lists: ListsService,
    private readonly sources: ExternalLists,
    private readonly inquiries: HubInquiries,
    private readonly people: AccountLookupService,
  ) {}

  /**
   * @param query as asked: `sort`, `direction`, and `limit` for each type
   * @throws HubError `BadRequest` for a parameter that cannot be meant; `NotFound` when nobody knows the account, or what the sources said
   */
  async of(name: string, query: QueryPairs, asking: Asking): Promise<UserRepos> {
    if (!isAccountName(name)) throw accountNotFound('user');
    const about = { ...asking, namespace: name };
    const asked: QueryPairs = [...DEFAULTS, ...query.filter(([one]) => UNDERSTOOD.has(one)), ['author', name]];
    const questions = REPO_TYPES.map((type) => parseListParameters(type, asked));
    const reader = new AccountListReader(this.sources, this.inquiries);
    const answers = await Promise.all(questions.map((question) => this.lists.page(question, about, undefined, reader)));
    // Lists of nobody's are empty as well.
    if (answers.every(({ entries }) => entries.length === 0)) await this.people.find(name, 'user', asking);
    return together(answers);
  }
}

function together(answers: readonly ListResult[]): UserRepos {
  const of = (n: number) => answers[n]!;
  const failures = new Map(answers.flatMap((answer) => answer.failures.map((failure) => [failure.name, failure])));
  return {
    entries: Object.fromEntries(REPO_TYPES.map((type, n) => [type, of(n).entries])) as unknown as UserRepos['entries'],
    truncated: REPO_TYPES.filter((_, n) => of(n).next !== undefined),
    failures: [...failures.values()],
  };
}
