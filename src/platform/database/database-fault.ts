import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';

/** PostgreSQL's classes and codes for "not now": connections (08), too many of them (53300), a server that stops or starts (57P01–57P03). */
const AWAY = /^(08...|53300|57P0[123])$/;
/** What the socket says when nobody is there. */
const CUT_OFF = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/** pg's own errors have no code. */
const SAID =
  /^Connection terminated|^timeout exceeded when trying to connect|^Client (has encountered a connection error|was closed)/;
/** What TypeORM throws at a transaction whose connection broke between two of its queries. */
const BROKEN_OFF = [QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError];
const RETRY_AFTER_SECONDS = 2;

interface Coded {
  readonly code?: unknown;
  readonly message?: unknown;
  /** Where TypeORM keeps the driver's. */
  readonly driverError?: unknown;
}

const isAway = ({ code, message }: Coded): boolean =>
  (typeof code === 'string' && (AWAY.test(code) || CUT_OFF.has(code))) ||
  (typeof message === 'string' && SAID.test(message));

/** An error that says that the database is not there, as one that clients may try again on; undefined for any other. */
export function databaseFault(error: unknown): HubError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { driverError } = error as Coded;
  const hasBroken = BROKEN_OFF.some((type) => error instanceof type);
  if (!hasBroken && !isAway(error as Coded) && !(driverError && isAway(driverError as Coded))) return undefined;
  const facts = { status: 503, retryAfter: RETRY_AFTER_SECONDS, cause: error };
  return new HubError('ServiceDisabled', 'The hub’s database does not answer at the moment. Try again soon.', facts);
}
