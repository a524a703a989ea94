/** Who asks: a local account, or nobody in particular. Never a credential. */
export interface Caller {
  /** The account's id; absent for an anonymous caller. */
  readonly accountId?: string;
  /** The account's name; absent for an anonymous caller. */
  readonly name?: string;
  /** What the caller's access token allows; sessions may write. */
  readonly role?: 'read' | 'write';
  /** The access token's id; absent for a session. */
  readonly tokenId?: number;
  /** The session's id; absent for an access token. */
  readonly sessionId?: number;
}

export const ANONYMOUS: Caller = Object.freeze({});

/** Is this caller signed in? */
export const isSignedIn = (caller: Caller): boolean => caller.accountId !== undefined;
