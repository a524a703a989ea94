import { CERTIFICATE_PROBLEMS } from '../../platform/config/certificate-problems.js';
import type { Hold } from './rate-limits.js';

/** The reply to one request of the connection test. */
export interface TestReply {
  /** Undefined when there was no reply. */
  readonly status?: number;
  readonly body: string;
  readonly location?: string;
  /** The header `Date`. */
  readonly date?: string;
  /** Error code and message of the connection if there was no reply. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/** The result of the check of a source's token. `unreadable`: no request was sent, because the credentials cannot be decrypted. */
export type TokenFinding = 'none' | 'valid' | 'rejected' | 'unknown' | 'unreadable';

const DNS = 'Its host name cannot be resolved (DNS)';
const TIMEOUT = 'It did not respond in time';
const CLOSED = 'The connection was closed before it responded';

/** Plain descriptions of Node's and undici's error codes. */
const FAILURES: Readonly<Record<string, string>> = {
  ENOTFOUND: DNS,
  EAI_AGAIN: DNS,
  ECONNREFUSED: 'The connection was refused: nothing is listening at this address',
  EHOSTUNREACH: 'Its host cannot be reached',
  ENETUNREACH: 'Its network cannot be reached',
  ETIMEDOUT: TIMEOUT,
  UND_ERR_CONNECT_TIMEOUT: 'The connection could not be established in time',
  UND_ERR_HEADERS_TIMEOUT: TIMEOUT,
  UND_ERR_BODY_TIMEOUT: TIMEOUT,
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  UND_ERR_SOCKET: CLOSED,
  HPE_INVALID_CONSTANT: 'It did not respond with HTTP',
  ...CERTIFICATE_PROBLEMS,
};

function describeFailure({ code, message }: { readonly code: string; readonly message: string }): string {
  const known = FAILURES[code];
  if (known) return known;
  return code === 'EPROTO' || code.startsWith('ERR_SSL')
    ? 'The TLS handshake failed. Check whether the URL should begin with http://'
    : message;
}

function isJson(body: string): boolean {
  try {
    return typeof JSON.parse(body) === 'object';
  } catch {
    return false;
  }
}

function describeRefusal({ status = 0, location }: TestReply): string {
  if (status < 400) return `It redirects to ${location ?? 'an invalid address'}. Check the URL`;
  if (status === 401 || status === 403) return `It requires credentials (HTTP ${status})`;
  if (status === 404) return 'It has no hub API at this URL (HTTP 404). Check the URL and the source type';
  if (status === 429) return 'It limits the requests of this hub (HTTP 429)';
  return status >= 500 ? `It reports an internal error (HTTP ${status})` : `It responded with HTTP ${status}`;
}

/** The reason why a source cannot be used, for its administrator; `undefined` if it can. Without a full stop. */
export function connectionProblem(reply: TestReply): string | undefined {
  if (reply.failure) return describeFailure(reply.failure);
  const { status = 0, body } = reply;
  if (status < 200 || status >= 300) return describeRefusal(reply);
  if (isJson(body)) return undefined;
  return /^\s*<(?:!doctype|html)/i.test(body)
    ? 'It responded with a web page instead of JSON. Check the URL, and whether a sign-in page intercepts requests'
    : 'It responded with something other than JSON. Check the URL and the source type';
}

/** Evaluates the reply to a request with the token. */
export function tokenFinding(reply: TestReply): TokenFinding {
  if (reply.status === 401) return 'rejected';
  return connectionProblem(reply) === undefined ? 'valid' : 'unknown';
}

const TOKEN_SENTENCES: Readonly<Record<TokenFinding, string>> = {
  none: '',
  valid: ' The token is accepted.',
  rejected: ' The token was rejected.',
  unknown: ' Whether the token is accepted could not be checked.',
  unreadable: '',
};

/** The result of a connection test, in whole sentences. */
export function describeConnection(problem: string | undefined, token: TokenFinding): string {
  if (problem === undefined && token === 'rejected') return 'Connected, but the token was rejected.';
  const isKnown = problem === undefined || token !== 'unknown';
  return `${problem ?? 'Connected'}.${isKnown ? TOKEN_SENTENCES[token] : ''}`;
}

/** One sentence for each hold. */
export const describeHolds = (holds: readonly Hold[]): string[] =>
  holds.map(({ bucket, credential, until }) => {
    const which = [credential === 'anonymous' && 'anonymous', bucket === null ? '' : `"${bucket}"`, 'requests'];
    return `It limits ${which.filter(Boolean).join(' ')} of this hub. None are sent until ${new Date(until).toISOString()}.`;
  });
