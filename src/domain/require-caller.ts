import { isSignedIn, type Caller } from './caller.js';
import { HubError } from './hub-error.js';

/** What huggingface.co says where credentials are needed and there are none (contract B.2). */
export const SIGN_IN_MESSAGE = 'Invalid username or password.';

/** A caller of whom it is known who it is. */
export interface SignedIn {
  readonly accountId: number;
  readonly name: string;
}

/** @throws HubError `Unauthorized` for nobody */
export function requireSignedIn(caller: Caller): SignedIn {
  if (!isSignedIn(caller)) throw new HubError('Unauthorized', SIGN_IN_MESSAGE);
  return { accountId: Number(caller.accountId), name: caller.name ?? '' };
}

/** @throws HubError `Unauthorized` for nobody, `Forbidden` for a token that may only read */
export function requireWriting(caller: Caller): SignedIn {
  const signedIn = requireSignedIn(caller);
  if (caller.role === 'write') return signedIn;
  throw new HubError('Forbidden', 'This access token may only read; writing needs one with the role "write"');
}

/** For what a stolen token must not be able to do. @throws HubError `Unauthorized` for nobody, `Forbidden` for an access token */
export function requireSession(caller: Caller): SignedIn & { readonly sessionId: number } {
  const signedIn = requireSignedIn(caller);
  if (caller.sessionId !== undefined) return { ...signedIn, sessionId: caller.sessionId };
  throw new HubError('Forbidden', 'An access token cannot do this: sign in with the password at /login');
}
