import { isNativeError } from 'node:util/types';
import { HubError } from '../../domain/hub-error.js';
import { STORE_RETRY_SECONDS } from './store-breaker.js';

/** Error codes for a full disk or an exhausted quota, of the file system and of PostgreSQL (53100). */
const FULL_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', '53100']);

/** Errors of a disk that fails, or of folders that are mounted read-only, have wrong owners or are replaced while the hub runs. */
const UNAVAILABLE_CODES: ReadonlySet<unknown> = new Set([
  'EROFS',
  'EACCES',
  'EPERM',
  'EIO',
  'ENOTDIR',
  'EISDIR',
  'ESTALE',
]);
/** Operations on files. Connections have codes such as EACCES as well. */
const FILE_OPERATIONS: ReadonlySet<unknown> = new Set(
  'open read write fsync close rename mkdir stat lstat rm unlink scandir copyfile link'.split(' '),
);

/** A response of an S3 server that no code expects, such as 400 for a body that it did not receive in time. */
const isS3Rejection = (error: Error): boolean => '$metadata' in error;

const UNAVAILABLE =
  'The files of this hub cannot be read or written at the moment. Nothing was changed. Try again later; if the problem persists, ask the administrator of the hub to check its storage.';

const unavailable = (cause: unknown): HubError =>
  new HubError('StorageUnavailable', UNAVAILABLE, { retryAfter: STORE_RETRY_SECONDS, cause });

/**
 * Converts an error that was caused by the disk or the bucket to `HubError`. Used by the error filter, so that no other code needs to handle such errors.
 * @returns `undefined` for any other error
 */
export function toStorageError(error: unknown): HubError | undefined {
  for (let cause = error; isNativeError(cause); cause = cause.cause) {
    if (isS3Rejection(cause)) return unavailable(error);
    if (!('code' in cause)) continue;
    if (FULL_CODES.has(cause.code))
      return new HubError('StorageFull', 'Insufficient storage; no changes were made', { cause: error });
    if (UNAVAILABLE_CODES.has(cause.code) && 'syscall' in cause && FILE_OPERATIONS.has(cause.syscall))
      return unavailable(error);
  }
  return undefined;
}
