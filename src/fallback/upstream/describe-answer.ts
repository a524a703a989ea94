/** What came of one question of the connection test. */
export interface TestAnswer {
  /** Undefined when nothing came. */
  readonly status?: number;
  readonly body: string;
  readonly location?: string;
  /** Why nothing came: the connection's error code and words. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/** What is known of a source's token after asking with it. */
export type TokenFinding = 'none' | 'valid' | 'rejected' | 'unknown';

const DNS = 'its host name cannot be resolved (DNS)';
const SILENT = 'it did not answer in time';
const BROKEN = 'the connection was closed before it answered';

/** Node's and undici's error codes that have a plainer name. */
const FAILURES: Readonly<Record<string, string>> = {
  ENOTFOUND: DNS,
  EAI_AGAIN: DNS,
  ECONNREFUSED: 'nothing listens there: the connection was refused',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ETIMEDOUT: SILENT,
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  UND_ERR_HEADERS_TIMEOUT: SILENT,
  UND_ERR_BODY_TIMEOUT: SILENT,
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  UND_ERR_SOCKET: BROKEN,
  HPE_INVALID_CONSTANT: 'it does not speak HTTP',
  CERT_HAS_EXPIRED: 'its TLS certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its TLS certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its TLS certificate comes from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its TLS certificate comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its TLS certificate comes from an authority that is not trusted here',
};

function describeFailure({ code, message }: { readonly code: string; readonly message: string }): string {
  const known = FAILURES[code];
  if (known) return known;
  return code === 'EPROTO' || code.startsWith('ERR_SSL') ? 'TLS failed: is it an http:// address?' : message;
}

function isJson(body: string): boolean {
  try {
    return typeof JSON.parse(body) === 'object';
  } catch {
    return false;
  }
}

function describeRefusal({ status = 0, location }: TestAnswer): string {
  if (status < 400) return `it redirects to ${location ?? 'nowhere'}: is that its URL?`;
  if (status === 401 || status === 403) return `it asks for credentials (HTTP ${status})`;
  if (status === 404) return "it does not know a hub's address (HTTP 404): are URL and source type right?";
  if (status === 429) return 'it limits our requests (HTTP 429)';
  return status >= 500 ? `it has trouble of its own (HTTP ${status})` : `it answered HTTP ${status}`;
}

/** What stands in the way of using the source, in words for its administrator; undefined when nothing does. */
export function whatIsWrong(answer: TestAnswer): string | undefined {
  if (answer.failure) return describeFailure(answer.failure);
  const { status = 0, body } = answer;
  if (status < 200 || status >= 300) return describeRefusal(answer);
  if (isJson(body)) return undefined;
  return /^\s*<(?:!doctype|html)/i.test(body)
    ? "it answered with a web page, not a hub's JSON: is the URL right, or is there a log-in page in between?"
    : "it answered with something else than a hub's JSON";
}

/** What the answer to "who am I?" says of the token it was asked with. */
export function findToken(answer: TestAnswer): TokenFinding {
  if (answer.status === 401) return 'rejected';
  return whatIsWrong(answer) === undefined ? 'valid' : 'unknown';
}

const TOKEN_WORDS: Readonly<Record<'well' | 'ill', Readonly<Record<TokenFinding, string>>>> = {
  well: {
    none: '',
    valid: ', and accepts the token',
    rejected: ', but rejects the token',
    unknown: ', but it could not be found out whether the token is good',
  },
  ill: { none: '', valid: ', but accepts the token', rejected: ', and rejects the token', unknown: '' },
};

/** The whole finding as one sentence. */
export function describeFinding(wrong: string | undefined, token: TokenFinding): string {
  const sentence = (wrong ?? 'it answers as a hub does') + TOKEN_WORDS[wrong === undefined ? 'well' : 'ill'][token];
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
