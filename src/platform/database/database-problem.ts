import { WrongServiceError } from '../config/identify-service.js';
import { certificateProblem } from '../config/certificate-problems.js';

const SETTING = 'KOHAKU_HUB_DATABASE_URL';
/** By the error codes of PostgreSQL. */
const REJECTIONS: Readonly<Record<string, string>> = {
  '28P01': `The database rejects the user name or password in ${SETTING}`,
  '3D000': `The database in ${SETTING} does not exist. Create it, or change its name`,
  '42501': `The user in ${SETTING} may not create or change tables. Make it the owner of the database and its schema`,
};
const MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/^The server does not support SSL/, `The database server does not use TLS. Remove sslmode from ${SETTING}`],
  [/password must be a (non-empty )?string/, `The database requires a password. Add it to ${SETTING}`],
];
const OUTAGES: Readonly<Record<string, string>> = {
  '53300': 'The database has no free connections',
  '57P03': 'The database is starting or shutting down',
};

interface FailedQuery {
  readonly code?: string;
  readonly message: string;
  /** The original error, in errors of TypeORM. */
  readonly driverError?: FailedQuery;
}

/** The reason why the database rejects the settings of the hub, without a full stop. `undefined` if it is only unavailable. */
export function describeDatabaseRejection(error: unknown): string | undefined {
  if (error instanceof WrongServiceError) return error.message;
  const failed = error as FailedQuery;
  const { code = '', message } = failed.driverError ?? failed;
  const certificate = certificateProblem(failed.driverError ?? failed);
  if (certificate !== undefined) return `The database cannot be used. ${certificate}`;
  if (code === '28000') return `The database refuses the user in ${SETTING}: ${message}`;
  return REJECTIONS[code] ?? MESSAGES.find(([pattern]) => pattern.test(message))?.[1];
}

/** The reason why the database cannot be used, without addresses and without a full stop. */
export function describeDatabaseProblem(error: unknown): string {
  const rejection = describeDatabaseRejection(error);
  if (rejection !== undefined) return rejection;
  const failed = error as FailedQuery;
  const { code } = failed.driverError ?? failed;
  const outage = OUTAGES[code ?? ''];
  if (outage !== undefined) return outage;
  return `The database does not respond${code === undefined ? '' : ` (${code})`}`;
}
