import type { Caller, RequestOrigin } from '../../domain/caller.js';

/**
 * Resolves credentials to local accounts. Declared here for `CallerGuard`; implemented by the users module, which this one must not import.
 */
export interface CallerDirectory {
  /**
   * Returns `undefined` for an unknown token.
   * @param address - IP address of the client, for the last use of the token
   */
  findCaller(token: string, address: string): Promise<Caller | undefined>;
  /**
   * Returns `undefined` for an unknown or ended session.
   * @param origin - where it is used, for the list of sessions
   */
  findSession(value: string, origin?: RequestOrigin): Promise<Caller | undefined>;
  /** Whether any of these texts is the token or the session of an account. */
  hasCredential(texts: { readonly tokens: readonly string[]; readonly sessions: readonly string[] }): Promise<boolean>;
}

/** Injection token of the caller directory. */
export const CALLER_DIRECTORY = Symbol('CallerDirectory');
