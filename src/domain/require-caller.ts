import { isSignedIn, type Caller } from './caller.js';
import { HubError } from './hub-error.js';

/** Message of huggingface.co if credentials are required but missing (contract B.2). */
export const SIGN_IN_MESSAGE = 'Invalid username or password.';

/** A caller with an account. */
export interface SignedIn {
  readonly accountId: number;
  readonly name: string;
}

/** @throws HubError `Unauthorized` for anonymous callers */
export function requireSignedIn(caller: Caller): SignedIn {
  if (!isSignedIn(caller)) throw new HubError('Unauthorized', SIGN_IN_MESSAGE);
  return { accountId: Number(caller.accountId), name: caller.name ?? '' };
}

/** @throws HubError `Unauthorized` for anonymous callers, `Forbidden` for read-only tokens */
export function requireWriteAccess(caller: Caller): SignedIn {
  const signedIn = requireSignedIn(caller);
  if (caller.role === 'write') return signedIn;
  throw new HubError('Forbidden', 'This access token is read-only. Use a token with the role "write".');
}

/**
 * Requires a session, for actions that must be impossible with a stolen access token.
 * @throws HubError `Unauthorized` for anonymous callers, `Forbidden` for access tokens
 */
export function requireSession(caller: Caller): SignedIn & { readonly sessionId: number } {
  const signedIn = requireSignedIn(caller);
  if (caller.sessionId !== undefined) return { ...signedIn, sessionId: caller.sessionId };
  throw new HubError('Forbidden', 'Access tokens cannot be used for this. Sign in at /login.');
}
