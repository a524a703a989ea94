import { OVERTAKEN, type Failure } from '../../domain/upstream.js';
import { CERTIFICATE_PROBLEMS } from '../../platform/config/certificate-problems.js';
import { InvalidReplyError } from './invalid-reply-error.js';
import { OFFLINE, OFFLINE_CODE } from './offline.js';
import { RepliesBusy } from './large-replies.js';
import { ProxyError } from './proxy-error.js';

/** Abort reason of an exchange that took too long. */
export const TIMED_OUT = 'timed out';

/** The end of an exchange by its timeout or its caller. */
export class Aborted extends Error {
  constructor(readonly reason: unknown) {
    super(`aborted: ${String(reason)}`);
  }
}

const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'ETIMEDOUT',
]);
/** Codes of errors before a connection, including its TLS handshake, is established. */
const UNREACHABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPROTO',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** Codes of errors of this host: too many open files or connections. The source is not the cause. */
const LOCAL_CODES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS']);
const TLS_CODE = /^(?:ERR_SSL|ERR_TLS|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;
const STALE_SOCKET_CODES: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Errors thrown before a request is sent, if it has no valid URL. The source is not the cause. */
const INVALID_REQUEST_ERRORS: ReadonlySet<string> = new Set(['TypeError', 'URIError']);

/** Whether this looks like a keep-alive connection that the source closed while it was idle. */
export const isStaleSocket = (error: unknown): boolean =>
  STALE_SOCKET_CODES.has((error as { code?: string }).code ?? '');

/** The failure for an error that ended an exchange (invariant 7). Messages are sentences about the source, without a full stop. */
export function describeError(error: unknown): Failure {
  if (error instanceof Aborted) return describeAbort(error.reason);
  const { code = '', name, message } = error as { code?: string; name: string; message: string };
  const unreachable = (UNREACHABLE_CODES.has(code) || TLS_CODE.test(code)) && { isUnreachable: true };
  if (TIMEOUT_CODES.has(code)) return { ...failure('timeout', 'It did not respond in time'), ...unreachable };
  if (error instanceof InvalidReplyError) return failure('invalid', message);
  if (error instanceof RepliesBusy) return error.failure;
  if (LOCAL_CODES.has(code))
    return { ...failure('busy', `This hub cannot open further connections (${code})`), retryAfter: 5 };
  if (INVALID_REQUEST_ERRORS.has(name) || code === 'UND_ERR_INVALID_ARG')
    return failure('invalid', 'The request cannot be expressed as a URL of this source');
  if (code === 'ADDRESS_REFUSED') return failure('refused', message);
  if (code === OFFLINE_CODE) return OFFLINE;
  if (error instanceof ProxyError) return { ...failure('network', message), isUnreachable: true };
  if (Object.hasOwn(CERTIFICATE_PROBLEMS, code))
    return { ...failure('network', CERTIFICATE_PROBLEMS[code]!), isUnreachable: true };
  const text = code ? `The connection failed (${code})` : 'The connection failed';
  return { ...failure('network', text), ...unreachable };
}

/** The failure for the abort reason of a request. */
export function describeAbort(reason: unknown): Failure {
  if (reason === TIMED_OUT) return failure('timeout', 'It did not respond in time');
  if (reason === OVERTAKEN) return failure('timeout', 'It did not respond before a source of lower priority did');
  return failure('aborted', 'The request was canceled by the caller');
}

const failure = (category: Failure['category'], message: string): Failure => ({ kind: 'failure', category, message });
