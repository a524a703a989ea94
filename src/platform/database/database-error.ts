import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';

/** PostgreSQL error codes for an unavailable server: connection errors (08), too many connections (53300), shutdown or startup (57P01–57P03). */
const UNAVAILABLE_CODES = /^(08...|53300|57P0[123])$/;
/** Error codes of the socket. */
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/** Errors of the pg library have no code. */
const PG_MESSAGES =
  /^Connection terminated|^timeout exp|^timeout exceeded when trying to connect|^no more connections allowed|^Client (has encountered a connection error|was closed)/;
/** Errors of TypeORM if the connection breaks between two queries of a transaction. */
const BROKEN_CONNECTION_ERRORS = [QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError];
const RETRY_AFTER_SECONDS = 2;

interface CodedError {
  readonly code?: unknown;
  readonly message?: unknown;
  /** The original error, in errors of TypeORM. */
  readonly driverError?: unknown;
}

const isUnavailable = ({ code, message }: CodedError): boolean =>
  (typeof code === 'string' && (UNAVAILABLE_CODES.test(code) || SOCKET_CODES.has(code))) ||
  (typeof message === 'string' && PG_MESSAGES.test(message));

/**
 * Converts an error of an unavailable database to a `HubError` that clients may retry.
 * @returns `undefined` for any other error
 */
export function toDatabaseError(error: unknown): HubError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { driverError } = error as CodedError;
  const isBroken = BROKEN_CONNECTION_ERRORS.some((type) => error instanceof type);
  if (!isBroken && !isUnavailable(error as CodedError) && !(driverError && isUnavailable(driverError as CodedError)))
    return undefined;
  const facts = { status: 503, retryAfter: RETRY_AFTER_SECONDS, cause: error };
  return new HubError('ServiceDisabled', 'The database is temporarily unavailable. Try again later.', facts);
}
