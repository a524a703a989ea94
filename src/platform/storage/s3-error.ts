import { HubError } from '../../domain/hub-error.js';
import { ForeignReplyError } from './foreign-reply.js';
import { storeUnavailable } from './store-breaker.js';

/** Error names for exhausted storage, of AWS, Ceph and MinIO. */
const FULL_ERRORS: ReadonlySet<string> = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientCapacity']);
/** Errors with status 404 that are not about an object. */
const MISSING_BUCKET_ERRORS: ReadonlySet<string> = new Set(['NoSuchBucket']);

interface ServiceError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The status of such a reply is not about the object. */
const isForeign = (error: unknown): boolean => error instanceof ForeignReplyError;

const statusOf = (error: ServiceError): number | undefined => error.$metadata?.httpStatusCode;

/** Whether the server responded that the object or upload does not exist. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && !isForeign(error) && statusOf(error) === 404 && !MISSING_BUCKET_ERRORS.has(error.name);

/** Whether the server responded that the object ends before the requested range begins. */
export const isBeyondEnd = (error: unknown): boolean =>
  error instanceof Error && !isForeign(error) && statusOf(error) === 416;

/** Whether the server failed, so that repeating the request may help. */
export const isServerFailure = (error: unknown): boolean => (statusOf(error as ServiceError) ?? 0) >= 500;

/** Whether the server has rejected this request only, and is otherwise available. */
const isRejection = (error: ServiceError): boolean => {
  if (isForeign(error)) return false;
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
  if (FULL_ERRORS.has(failed.name) || (statusOf(failed) === 507 && !isForeign(failed)))
    return new HubError('StorageFull', 'Insufficient storage; no changes were made', { cause: error });
  const fromStore = failed.$metadata !== undefined || failed.code !== undefined || failed.name === 'TimeoutError';
  if (!fromStore || (isRejection(failed) && !MISSING_BUCKET_ERRORS.has(failed.name))) return error;
  return storeUnavailable(error);
}

/** Descriptions of errors by HTTP status, because HEAD responses have no body. */
const STATUS_PROBLEMS: Readonly<Record<number, string>> = {
  301: 'The S3 server has the bucket in another region. Check KOHAKU_HUB_S3_REGION',
  401: 'The S3 server rejects the access key. Check KOHAKU_HUB_S3_ACCESS_KEY',
  403: 'The S3 server refuses access to the bucket. Check the access key, the secret key and their rights',
  404: 'The storage bucket does not exist. Create it, or change KOHAKU_HUB_S3_BUCKET',
};

/** The reason why the bucket cannot be used, for administrators, without addresses and without a full stop. */
export function describeS3Problem(error: unknown): string {
  if (!(error instanceof Error)) return 'The storage cannot be used';
  if (isForeign(error)) return error.message;
  const { code, name } = error as ServiceError;
  const status = statusOf(error);
  if (status !== undefined) return STATUS_PROBLEMS[status] ?? `The S3 server responds with HTTP ${status}`;
  if (name === 'TimeoutError' || name === 'AbortError') return 'The S3 server does not respond';
  return `The S3 server cannot be reached${typeof code === 'string' ? ` (${code})` : ''}`;
}
