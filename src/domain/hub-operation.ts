import type { AccountKind, AccountList } from './account.js';
import type { ListQuestion } from './list.js';
import type { Operation, QueryPairs } from './operation.js';

/** A page of a list. */
export interface ListOperation {
  readonly kind: 'list';
  readonly question: ListQuestion;
  /** The source's own parameters of this page, from its `Link`; empty for the first. */
  readonly page: QueryPairs;
}

/** A page of an account's repositories of one type, in the way in which the source tells them best. */
export interface UserReposOperation extends Omit<ListOperation, 'kind'> {
  readonly kind: 'userRepos';
}

/** What a source knows of a name as that of a user, or of an organization. */
export interface ProfileOperation {
  readonly kind: 'userProfile' | 'organizationProfile';
  readonly name: string;
}

/** A page of the people, or the likes, of an account. */
export interface AccountListOperation {
  readonly kind: 'accountList';
  readonly owner: AccountKind;
  readonly name: string;
  readonly list: AccountList;
  readonly page: QueryPairs;
}

/** A question about an account. */
export type AccountOperation = ProfileOperation | AccountListOperation;

/**
 * A question to a hub as a whole, not about one repository: nothing is bound by it. A further one is a member of this union, a case in
 * each strategy's `plan` and `decode`, and its shape in `classifyReply`.
 */
export type HubOperation = ListOperation | UserReposOperation | AccountOperation;

/** Whatever a source can be asked. */
export type AnyOperation = Operation | HubOperation;

/** Is a list of repositories asked for? */
export const isList = (operation: AnyOperation): operation is ListOperation | UserReposOperation =>
  operation.kind === 'list' || operation.kind === 'userRepos';

const ABOUT_ACCOUNTS: ReadonlySet<AnyOperation['kind']> = new Set([
  'userProfile',
  'organizationProfile',
  'accountList',
]);

/** Is the question about an account? */
export const isAboutAccount = (operation: Pick<AnyOperation, 'kind'>): operation is AccountOperation =>
  ABOUT_ACCOUNTS.has(operation.kind);
