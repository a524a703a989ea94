import type { DomainProblem } from './claims.js';

/** The reason why a sign-in with a provider failed. The sign-in page has a sentence for each. */
export type SignInProblemCode =
  | DomainProblem
  /** The provider does not respond. */
  | 'unavailable'
  /** The reply of the provider is wrong, or not for this sign-in. */
  | 'rejected'
  /** The user, or the provider, has refused. */
  | 'denied'
  /** The sign-in was started too long ago, in another browser, or was already used. */
  | 'expired'
  | 'disabled'
  /** No account could be created, for example because no name is free. */
  | 'no-account'
  /** The invitation has expired, was revoked or was already used. */
  | 'invitation'
  /** The user of the provider is linked to another account. */
  | 'linked-elsewhere'
  /** Another user of the provider is linked to the account. */
  | 'linked-already'
  /** The user has signed out of the hub, or in as another user, while linking. */
  | 'other-account';

/** A failed sign-in, which is shown on a page. */
export class SignInProblem extends Error {
  constructor(
    readonly code: SignInProblemCode,
    options?: ErrorOptions,
  ) {
    super(`Sign-in failed: ${code}`, options);
  }
}
