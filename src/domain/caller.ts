/** Where a request came from, for the audit log. */
export interface RequestOrigin {
  /** The client's network address, behind trusted proxies. */
  readonly address: string;
  readonly userAgent?: string;
  readonly requestId: string;
}

/** The local account or anonymous user that makes a request. Contains no credentials. */
export interface Caller {
  /** The account's id; undefined for anonymous callers. */
  readonly accountId?: string;
  readonly name?: string;
  /** The role of the access token; `write` for sessions. */
  readonly role?: 'read' | 'write';
  /** Undefined for sessions. */
  readonly tokenId?: number;
  /** Undefined for access tokens. */
  readonly sessionId?: number;
  /** Whether the request has the admin token. */
  readonly isAdministrator?: true;
  /** Undefined for the hub itself, and in dry runs. */
  readonly origin?: RequestOrigin;
}

export const ANONYMOUS: Caller = Object.freeze({});

export const isSignedIn = (caller: Caller): boolean => caller.accountId !== undefined;
