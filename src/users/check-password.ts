import { HubError } from '../domain/hub-error.js';

export const MIN_PASSWORD_LENGTH = 8;
/** Hashing a longer password would only waste CPU time. */
export const MAX_PASSWORD_BYTES = 1024;

function passwordProblem(password: string): string | undefined {
  if ([...password].length < MIN_PASSWORD_LENGTH) return `Use at least ${MIN_PASSWORD_LENGTH} characters`;
  const tooLong = Buffer.byteLength(password) > MAX_PASSWORD_BYTES;
  return tooLong ? `Use at most ${MAX_PASSWORD_BYTES} bytes` : undefined;
}

/**
 * Checks a new password. Only the length matters (NIST SP 800-63B).
 * @param field - name of the body field, for the error
 * @throws HubError `BadRequest`
 */
export function checkPassword(password: string, field = 'password'): void {
  const message = passwordProblem(password);
  if (message) throw new HubError('BadRequest', 'Invalid password', { detail: message, fields: [{ field, message }] });
}
