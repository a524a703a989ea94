import { WrongServiceError } from '../config/identify-service.js';
import { certificateProblem } from '../config/certificate-problems.js';

/** The setting with the URL. */
export const SETTING = 'KOHAKU_HUB_REDIS_URL';
/** A sentence without a full stop. */
export const NOT_TLS = `Redis does not use TLS. Begin ${SETTING} with redis://`;
/** Errors of a Redis that starts, fails over or is overloaded. They disappear by themselves. */
const PASSING = /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|NOREPLICAS|OOM|ERR max number of clients)/;
const REPLIES: readonly (readonly [RegExp, string])[] = [
  [/^(WRONGPASS|ERR invalid password)/, `Redis rejects the user name or password in ${SETTING}`],
  [/^NOAUTH/, `Redis requires a password. Add it to ${SETTING}`],
  [/^ERR .*without any password configured/, `Redis has no password. Remove the password from ${SETTING}`],
  [/^ERR .*DB index/, `Redis does not have the database number in ${SETTING}`],
];
/** Missing rights, also of commands in scripts, whose errors have several forms. */
const NO_RIGHT = /^NOPERM|user executing the script|ACL failure/;
/** Codes of errors after the connection was established. Errors of Redis's client have no code. */
const CLOSED = new Set<string | undefined>([undefined, 'ECONNRESET', 'EPIPE']);
const NO_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO']);

/** Whether a connection failed as it does if only one side uses TLS, or if another service listens there: it was established, but Redis has not replied. */
export function isWithoutReply(error: unknown): boolean {
  const { message, code } = error as { readonly message: string; readonly code?: string };
  return CLOSED.has(code) && !PASSING.test(message) && describeRedisRejection(error) === undefined;
}

/** The reason why Redis rejects the settings of the hub, without a full stop. `undefined` if it is only unavailable. */
export function describeRedisRejection(error: unknown): string | undefined {
  const certificate = certificateProblem(error);
  if (certificate !== undefined) return `Redis cannot be used. ${certificate}`;
  const { message, code } = error as { readonly message: string; readonly code?: string };
  if (error instanceof WrongServiceError) return message;
  if (code !== undefined && NO_TLS.has(code)) return NOT_TLS;
  if (PASSING.test(message)) return undefined;
  return NO_RIGHT.test(message) ? missingRight(message) : REPLIES.find(([pattern]) => pattern.test(message))?.[1];
}

function missingRight(message: string): string {
  const isKey = / keys?\b/.test(message);
  const right = message.includes('channel')
    ? 'channels hubfall:*'
    : isKey
      ? 'keys hubfall:* and fallback:*'
      : undefined;
  return `The user in ${SETTING} is not allowed to use the ${right ?? 'commands that the hub needs'}. docs/operations.md has the ACL`;
}

/** The reason why Redis cannot be used, without addresses and without a full stop. */
export function describeRedisProblem(error: unknown): string {
  const rejection = describeRedisRejection(error);
  if (rejection !== undefined) return rejection;
  const { message, code } = error as { readonly message: string; readonly code?: string };
  const reason = code ?? PASSING.exec(message)?.[1];
  return `Redis does not respond${reason === undefined ? '' : ` (${reason})`}`;
}
