import { HubError } from '../../domain/hub-error.js';

/** Error codes for a full disk or an exhausted quota, of the file system and of PostgreSQL (53100). */
const FULL_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', '53100']);

/**
 * Converts an error that was caused by a full disk to `HubError`. Used by the error filter, so that no other code needs to handle full disks.
 * @returns `undefined` for any other error
 */
export function toStorageError(error: unknown): HubError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && FULL_CODES.has(cause.code)) {
      return new HubError('StorageFull', 'Insufficient storage; no changes were made', { cause: error });
    }
  }
  return undefined;
}
