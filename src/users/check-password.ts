import { HubError } from '../domain/hub-error.js';

export const MIN_PASSWORD_LENGTH = 8;
/** Longer ones would only keep the processor busy. */
export const MAX_PASSWORD_BYTES = 1024;

function passwordFault(password: string): string | undefined {
  if ([...password].length < MIN_PASSWORD_LENGTH) return `must have at least ${MIN_PASSWORD_LENGTH} characters`;
  const tooLong = Buffer.byteLength(password) > MAX_PASSWORD_BYTES;
  return tooLong ? `must have at most ${MAX_PASSWORD_BYTES} bytes` : undefined;
}

/**
 * Is this good enough for a new password? Length alone counts (NIST SP 800-63B).
 * @param field the body's member that holds it, for the complaint
 * @throws HubError BadRequest
 */
export function checkPassword(password: string, field = 'password'): void {
  const message = passwordFault(password);
  if (message) throw new HubError('BadRequest', `The password ${message}`, { fields: [{ field, message }] });
}
