import { hasPermission, isSignedIn, mayWriteAnything, type Caller, type PermissionTarget } from './caller.js';
import { HubError } from './hub-error.js';
import type { Permission } from './permissions.js';

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

/**
 * Requires a credential with which something can be changed. What a fine-grained token can change is checked with `requirePermission` or by
 * `AccountsService.roleOf`.
 *
 * @throws HubError `Unauthorized` for anonymous callers, `Forbidden` for read-only tokens
 */
export function requireWriteAccess(caller: Caller): SignedIn {
  const signedIn = requireSignedIn(caller);
  if (mayWriteAnything(caller)) return signedIn;
  throw new HubError(
    'Forbidden',
    'This access token is read-only. Use a token with the role "write", or a fine-grained token with a permission to write.',
  );
}

/**
 * Requires a permission of the caller's credential. The rights of the account are checked separately.
 *
 * @param on - the target in the error message, such as `the model "acme/bert"`
 * @throws HubError `Unauthorized` for anonymous callers, `Forbidden` for tokens without the permission
 */
export function requirePermission(
  caller: Caller,
  permission: Permission,
  { on, ...target }: PermissionTarget & { readonly on?: string } = {},
): SignedIn {
  const signedIn = requireSignedIn(caller);
  if (hasPermission(caller, permission, target)) return signedIn;
  if (caller.role === 'read') requireWriteAccess(caller);
  throw new HubError('Forbidden', missingPermission(permission, on));
}

/** The message if a fine-grained token does not include a permission. */
const missingPermission = (permission: Permission, on?: string): string =>
  `This access token does not have the permission "${permission}"${on === undefined ? '' : ` for ${on}`}. Create a token that has it in the settings of your account.`;

/**
 * Requires a session or a token with the role `write`, for actions that no permission of fine-grained tokens includes.
 *
 * @param action - for the error message, such as `create organizations`
 * @throws HubError `Unauthorized` for anonymous callers, `Forbidden` for other tokens
 */
export function requireFullAccess(caller: Caller, action: string): SignedIn {
  const signedIn = requireWriteAccess(caller);
  if (caller.scopes === undefined) return signedIn;
  throw new HubError(
    'Forbidden',
    `Fine-grained access tokens cannot ${action}. Sign in, or use a token with the role "write".`,
  );
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
