import { certificateProblem } from '../config/certificate-problems.js';

const SETTING = 'KOHAKU_HUB_REDIS_URL';
/** Errors of a Redis that starts, fails over or is overloaded. They disappear by themselves. */
const PASSING = /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|NOREPLICAS|OOM|ERR max number of clients)/;
const REPLIES: readonly (readonly [RegExp, string])[] = [
  [/^(WRONGPASS|ERR invalid password)/, `Redis rejects the user name or password in ${SETTING}`],
  [/^NOAUTH/, `Redis requires a password. Add it to ${SETTING}`],
  [/^ERR .*without any password configured/, `Redis has no password. Remove the password from ${SETTING}`],
  [/^ERR .*DB index/, `Redis does not have the database number in ${SETTING}`],
  [/^NOPERM/, `The user in ${SETTING} is not allowed to use the commands that the hub needs`],
];
const NO_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO']);

/** The reason why Redis rejects the settings of the hub, without a full stop. `undefined` if it is only unavailable. */
export function describeRedisRejection(error: unknown): string | undefined {
  const certificate = certificateProblem(error);
  if (certificate !== undefined) return `Redis cannot be used. ${certificate}`;
  const { message, code } = error as { readonly message: string; readonly code?: string };
  if (code !== undefined && NO_TLS.has(code)) return `Redis does not use TLS. Begin ${SETTING} with redis://`;
  if (PASSING.test(message)) return undefined;
  return REPLIES.find(([pattern]) => pattern.test(message))?.[1];
}

/** The reason why Redis cannot be used, without addresses and without a full stop. */
export function describeRedisProblem(error: unknown): string {
  const rejection = describeRedisRejection(error);
  if (rejection !== undefined) return rejection;
  const { message, code } = error as { readonly message: string; readonly code?: string };
  const reason = code ?? PASSING.exec(message)?.[1];
  return `Redis does not respond${reason === undefined ? '' : ` (${reason})`}`;
}
