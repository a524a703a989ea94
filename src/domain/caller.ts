import { includesPermission, isWriting, type Permission } from './permissions.js';

/** The role of an access token, with the names of huggingface.co. */
export type TokenRole = 'read' | 'write' | 'fineGrained';

/** The permissions of a fine-grained token. */
export interface TokenScopes {
  /** Permissions that do not depend on an entity. */
  readonly global: readonly Permission[];
  /** Whether it may read public gated repositories to which its account was given access. */
  readonly canReadGatedRepos: boolean;
  /** Permissions by account id. Those for repositories apply to all repositories of the account. */
  readonly accounts: ReadonlyMap<number, readonly Permission[]>;
  /** Permissions by repository id. */
  readonly repositories: ReadonlyMap<number, readonly Permission[]>;
}

/** The job of a CI system that a trusted publisher of a repository has let in. Its account is the owner of the repository. */
export interface PublisherJob {
  /** Id of the trusted publisher. */
  readonly id: number;
  /** Claim `sub` of the ID token, such as `repo:acme/trainer:ref:refs/heads/main`. */
  readonly subject: string;
}

/** Where a request came from, for the audit log. */
export interface RequestOrigin {
  /** The client's network address, behind trusted proxies. */
  readonly address: string;
  readonly userAgent?: string;
  readonly requestId: string;
}

/**
 * The caller of a request. Contains no credentials. All decisions about access read this type, and the audit log describes the caller by it.
 *
 * Anonymous callers have none of the fields. Sessions have `sessionId`, access tokens `tokenId` and `role`.
 */
export interface Caller {
  /** The account's id; undefined for anonymous callers. */
  readonly accountId?: string;
  readonly name?: string;
  /** Id of the organization, if the account is one of its service accounts. */
  readonly serviceOf?: number;
  /** The role of the access token; `write` for sessions. */
  readonly role?: TokenRole;
  /** Undefined for sessions. */
  readonly tokenId?: number;
  /** Undefined for access tokens. */
  readonly sessionId?: number;
  /** Defined for tokens with the role `fineGrained`. */
  readonly scopes?: TokenScopes;
  /** Defined for tokens that a trusted publisher has exchanged. They are fine-grained. */
  readonly publisher?: PublisherJob;
  /** Undefined unless the request may use the admin API: by the role of its account, or by the shared admin token (`break-glass`). */
  readonly administrator?: 'account' | 'break-glass';
  /** Where the request came from, for the audit log. Undefined for the hub itself, and in dry runs. */
  readonly origin?: RequestOrigin;
}

/** The kinds of callers. */
export type CallerKind = 'anonymous' | 'user' | 'service-account' | 'trusted-publisher' | 'break-glass';

export const ANONYMOUS: Caller = Object.freeze({});

export const isSignedIn = (caller: Caller): boolean => caller.accountId !== undefined;

export const isAdministrator = (caller: Caller): boolean => caller.administrator !== undefined;

/** Whether the request has the shared admin token. Without it, administrators have the rights of other users outside of the admin API. */
export const hasAdminToken = (caller: Caller): boolean => caller.administrator === 'break-glass';

/** The kind of a caller. A request with the shared admin token counts as `break-glass` only if it has no account. */
export function callerKind({ accountId, serviceOf, publisher, administrator }: Caller): CallerKind {
  if (publisher !== undefined) return 'trusted-publisher';
  if (serviceOf !== undefined) return 'service-account';
  if (accountId !== undefined) return 'user';
  return administrator === 'break-glass' ? 'break-glass' : 'anonymous';
}

/** The account or repository that a permission is needed for. */
export interface PermissionTarget {
  /** Id of an account: the owner, if the target is a repository. */
  readonly account?: number;
  /** Id of a repository. */
  readonly repository?: number;
}

/**
 * Whether the caller's credential includes a permission for a target. The rights of the account are checked separately: a token never has more of them than its
 * account.
 */
export function hasPermission({ role, scopes }: Caller, permission: Permission, target: PermissionTarget): boolean {
  if (role === 'write') return true;
  if (role === 'read') return !isWriting(permission);
  if (scopes === undefined) return false;
  const { account, repository } = target;
  return (
    includesPermission(scopes.global, permission) ||
    (account !== undefined && includesPermission(scopes.accounts.get(account), permission)) ||
    (repository !== undefined && includesPermission(scopes.repositories.get(repository), permission))
  );
}

/** Whether the caller's credential includes a permission that allows changes, for any target. */
export function mayWriteAnything({ role, scopes }: Caller): boolean {
  if (scopes === undefined) return role === 'write';
  const lists = [scopes.global, ...scopes.accounts.values(), ...scopes.repositories.values()];
  return lists.some((permissions) => permissions.some(isWriting));
}
