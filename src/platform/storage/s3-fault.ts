import { HubError } from '../../domain/hub-error.js';

/** What servers call "no room": AWS' quotas, Ceph's, MinIO's. */
const FULL: ReadonlySet<string> = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientCapacity']);
/** 404s that are no answer about an object. */
const NO_STORE: ReadonlySet<string> = new Set(['NoSuchBucket']);
const RETRY_AFTER_S = 5;

interface ServiceError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const statusOf = (error: ServiceError): number | undefined => error.$metadata?.httpStatusCode;

/** Is this the store's word that it has no such object or upload? */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && statusOf(error) === 404 && !NO_STORE.has(error.name);

/** Is this the store's word that the request itself was wrong, so that the store is well? */
const isRefusal = (error: ServiceError): boolean => {
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
};

/**
 * What an S3 request failed with, in the hub's words: a store that is down, full, or does not know the hub is nobody's "not found".
 * What is wrong about the request alone stays as it is; so does what was no fault of the store at all.
 */
export function s3Fault(error: unknown): unknown {
  if (error instanceof HubError || !(error instanceof Error)) return error;
  const failed: ServiceError = error;
  if (FULL.has(failed.name) || statusOf(failed) === 507)
    return new HubError('StorageFull', 'The hub has no room left for this; nothing was changed', { cause: error });
  const fromStore = failed.$metadata !== undefined || failed.code !== undefined || failed.name === 'TimeoutError';
  if (!fromStore || (isRefusal(failed) && !NO_STORE.has(failed.name))) return error;
  return new HubError('StorageUnavailable', 'The store of the hub does not answer as it should: try again soon', {
    retryAfter: RETRY_AFTER_S,
    cause: error,
  });
}
