import { HubError } from '../../domain/hub-error.js';

/** Error names for exhausted storage, of AWS, Ceph and MinIO. */
const FULL_ERRORS: ReadonlySet<string> = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientCapacity']);
/** Errors with status 404 that are not about an object. */
const MISSING_BUCKET_ERRORS: ReadonlySet<string> = new Set(['NoSuchBucket']);
const RETRY_AFTER_S = 5;

interface ServiceError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const statusOf = (error: ServiceError): number | undefined => error.$metadata?.httpStatusCode;

/** Whether the server responded that the object or upload does not exist. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && statusOf(error) === 404 && !MISSING_BUCKET_ERRORS.has(error.name);

/** Whether the server has rejected this request only, and is otherwise available. */
const isRejection = (error: ServiceError): boolean => {
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
};

/**
 * Converts an error of an S3 request to `HubError` if the server is unavailable, full, or rejects the hub's credentials, so that none of
 * these looks like "not found". Errors about a single request, and errors that do not come from the server, are returned unchanged.
 */
export function toS3Error(error: unknown): unknown {
  if (error instanceof HubError || !(error instanceof Error)) return error;
  const failed: ServiceError = error;
  if (FULL_ERRORS.has(failed.name) || statusOf(failed) === 507)
    return new HubError('StorageFull', 'Insufficient storage; no changes were made', { cause: error });
  const fromStore = failed.$metadata !== undefined || failed.code !== undefined || failed.name === 'TimeoutError';
  if (!fromStore || (isRejection(failed) && !MISSING_BUCKET_ERRORS.has(failed.name))) return error;
  return new HubError('StorageUnavailable', 'Storage is temporarily unavailable. Try again later.', {
    retryAfter: RETRY_AFTER_S,
    cause: error,
  });
}
