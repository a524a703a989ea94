import type { AccountKind, AccountList, SourceAccount } from './account.js';
import type { ListPage, ListQuery } from './list.js';
import type { Conditions, QueryPairs } from './query.js';
import type { RepoId } from './repo-id.js';
import type { TagsByType, TagsOperation } from './repo-tags.js';

/** The content of a reply: a file, text, a repository, a list of objects, or an object with such lists. */
export type ReplyShape = 'bytes' | 'text' | 'repository' | 'list' | 'refs' | 'discussions' | 'likers' | 'size';

/** Properties of a kind of operation on one repository. */
interface OperationRow {
  /** Path segments that follow the repository id; none for the repository itself. */
  readonly verbs: readonly string[];
  readonly method: 'GET' | 'POST';
  /**
   * Path after the verb: nothing, a revision, two revisions (`before..after`) or one, a revision and a path in it, one file (whose path is
   * required), or optionally the number of an item.
   */
  readonly takes: 'nothing' | 'revision' | 'range' | 'folder' | 'file' | 'item';
  /** Expected JSON of a reply; `bytes` for a file, `text` for other text. `classifyReply` has a check for each. */
  readonly reply: ReplyShape;
  /**
   * The object that a 404 without error code may refer to: only the repository, also a file in it, or a feature that some sources do not
   * have.
   */
  readonly subject: 'repository' | 'file' | 'feature';
}

/**
 * Every operation on a repository. URL parser, dry run, classification, OpenAPI and metrics read this table. A new operation is a row
 * here and a type in `RepoOperations`; each strategy, the local answer and the OpenAPI schema then fail to compile until they have it.
 */
export const OPERATIONS = {
  resolve: { verbs: ['resolve', 'raw'], method: 'GET', takes: 'file', reply: 'bytes', subject: 'file' },
  info: { verbs: [], method: 'GET', takes: 'nothing', reply: 'repository', subject: 'repository' },
  revision: { verbs: ['revision'], method: 'GET', takes: 'revision', reply: 'repository', subject: 'repository' },
  tree: { verbs: ['tree'], method: 'GET', takes: 'folder', reply: 'list', subject: 'repository' },
  pathsInfo: { verbs: ['paths-info'], method: 'POST', takes: 'revision', reply: 'list', subject: 'file' },
  treesize: { verbs: ['treesize'], method: 'GET', takes: 'folder', reply: 'size', subject: 'feature' },
  refs: { verbs: ['refs'], method: 'GET', takes: 'nothing', reply: 'refs', subject: 'repository' },
  commits: { verbs: ['commits'], method: 'GET', takes: 'revision', reply: 'list', subject: 'repository' },
  compare: { verbs: ['compare'], method: 'GET', takes: 'range', reply: 'text', subject: 'feature' },
  discussions: { verbs: ['discussions'], method: 'GET', takes: 'item', reply: 'discussions', subject: 'feature' },
  likers: { verbs: ['likers'], method: 'GET', takes: 'nothing', reply: 'likers', subject: 'feature' },
} as const satisfies Readonly<Record<string, OperationRow>>;

export type OperationKind = keyof typeof OPERATIONS;
export const OPERATION_KINDS = Object.keys(OPERATIONS) as readonly OperationKind[];

/** A path segment that may follow a repository id in the URL of a read. */
export type ReadVerb = (typeof OPERATIONS)[OperationKind]['verbs'][number];
export const READ_VERBS: readonly ReadVerb[] = OPERATION_KINDS.flatMap((kind) => OPERATIONS[kind].verbs);

export const kindOfVerb = (verb: ReadVerb | 'info'): OperationKind =>
  OPERATION_KINDS.find((kind) => OPERATIONS[kind].verbs.some((word) => word === verb)) ?? 'info';

interface OnRepo {
  readonly repo: RepoId;
}

/** One file of a revision: `resolve` returns its content, `raw` what git stores (a pointer for a large file). */
export interface FileOperation extends OnRepo {
  readonly kind: 'resolve';
  readonly raw: boolean;
  readonly method: 'HEAD' | 'GET';
  readonly revision: string;
  /** Decoded segments, at least one. */
  readonly path: readonly string[];
  readonly query: QueryPairs;
  readonly conditions: Conditions;
}

/** An operation whose URL has nothing after its verb. */
interface PlainOperation<Kind extends OperationKind> extends OnRepo {
  readonly kind: Kind;
  readonly query: QueryPairs;
}

/** `rest`: the decoded segments after the verb. A revision with raw slashes has several (the JS client sends such). */
export interface RevisionOperation<Kind extends OperationKind> extends PlainOperation<Kind> {
  readonly rest: readonly string[];
}

/** All discussions and pull requests of a repository, or one of them. */
export interface DiscussionsOperation extends PlainOperation<'discussions'> {
  readonly number?: string;
}

export interface PathsInfoOperation extends RevisionOperation<'pathsInfo'> {
  readonly paths: readonly string[];
  readonly expand: boolean;
}

/** The type of each operation on a repository. */
export interface RepoOperations {
  readonly resolve: FileOperation;
  readonly info: PlainOperation<'info'>;
  readonly revision: RevisionOperation<'revision'>;
  /** `rest` is the revision and then the folder. */
  readonly tree: RevisionOperation<'tree'>;
  readonly pathsInfo: PathsInfoOperation;
  /** `rest` is the revision and then the folder. */
  readonly treesize: RevisionOperation<'treesize'>;
  readonly refs: PlainOperation<'refs'>;
  readonly commits: RevisionOperation<'commits'>;
  readonly compare: RevisionOperation<'compare'>;
  readonly discussions: DiscussionsOperation;
  readonly likers: PlainOperation<'likers'>;
}

/** An operation on a repository. */
export type Operation = RepoOperations[OperationKind];

/** A page of a list of repositories. */
export interface ListOperation {
  readonly kind: 'list';
  readonly query: ListQuery;
  /** The source's parameters for this page, from its `Link` header; empty for the first page. */
  readonly page: QueryPairs;
}

/** A page of an account's repositories of one type. A source may have a better request for this than its list. */
export interface UserReposOperation extends Omit<ListOperation, 'kind'> {
  readonly kind: 'userRepos';
}

/** The profile of a user or of an organization. */
export interface ProfileOperation<
  Kind extends 'userProfile' | 'organizationProfile' = 'userProfile' | 'organizationProfile',
> {
  readonly kind: Kind;
  readonly name: string;
}

/** A page of an account's members, followers or likes. */
export interface AccountListOperation {
  readonly kind: 'accountList';
  readonly owner: AccountKind;
  readonly name: string;
  readonly list: AccountList;
  readonly page: QueryPairs;
}

/** The type of each operation on a hub as a whole, which binds no repository. */
interface HubOperations {
  readonly list: ListOperation;
  readonly userRepos: UserReposOperation;
  readonly userProfile: ProfileOperation<'userProfile'>;
  readonly organizationProfile: ProfileOperation<'organizationProfile'>;
  readonly accountList: AccountListOperation;
  readonly tags: TagsOperation;
}

export type HubOperation = HubOperations[keyof HubOperations];

/** An operation on an account. */
export type AccountOperation = ProfileOperation | AccountListOperation;

/** Every operation that a source supports, by kind. */
export interface Operations extends RepoOperations, HubOperations {}

export type AnyOperation = Operation | HubOperation;
export type AnyOperationKind = keyof Operations;

/** The JSON of a reply to each operation, in the hub's format. */
export interface ReplyJson {
  readonly resolve: undefined;
  readonly info: Readonly<Record<string, unknown>>;
  readonly revision: Readonly<Record<string, unknown>>;
  readonly tree: readonly unknown[];
  readonly pathsInfo: readonly unknown[];
  readonly treesize: Readonly<Record<string, unknown>>;
  readonly refs: Readonly<Record<string, unknown>>;
  readonly commits: readonly unknown[];
  readonly compare: string;
  readonly discussions: Readonly<Record<string, unknown>>;
  readonly likers: readonly unknown[];
  readonly list: ListPage;
  readonly userRepos: ListPage;
  readonly userProfile: SourceAccount;
  readonly organizationProfile: SourceAccount;
  readonly accountList: readonly unknown[];
  readonly tags: TagsByType;
}

/** Whether an operation is about one repository. */
export const isOnRepo = (operation: AnyOperation): operation is Operation => 'repo' in operation;

/** Whether an operation is about an account. */
export const isOnAccount = (operation: { readonly kind: AnyOperationKind }): operation is AccountOperation =>
  operation.kind === 'userProfile' || operation.kind === 'organizationProfile' || operation.kind === 'accountList';

/** Whether "not found" may mean a file and not its repository. */
export const isOnFile = (kind: AnyOperationKind): boolean => subjectOf(kind) === 'file';

/** Whether "not found" may mean that the source does not have the feature. */
export const isOnFeature = (kind: AnyOperationKind): boolean => subjectOf(kind) === 'feature';

const subjectOf = (kind: AnyOperationKind): OperationRow['subject'] | undefined =>
  Object.hasOwn(OPERATIONS, kind) ? OPERATIONS[kind as OperationKind].subject : undefined;
