import { parseUrl } from '../../domain/parse-url.js';
import { expected, printable, type Parse, type ParseFailure } from './parsers.js';
import { optional, secret, type Variable } from './variable.js';

/** A forward proxy as in the value of a variable. */
export interface ProxyAddress {
  /** `http://host:port` or `https://host:port`, without credentials. */
  readonly url: string;
  /** The value of `Proxy-Authorization`. */
  readonly authorization?: string;
}

/** Scheme, user and password, host and port. Special characters of a password must be percent-encoded, as for curl. */
const PROXY =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^@/?#\s]*)@)?(\[[0-9a-f:.]+\]|[^\s:@/?#[\]]+)(?::(\d{1,5}))?(?:\/\S*)?$/i;

/** As in curl. */
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '1080', https: '443' };

const NO_SCHEME = expected('an http:// or https:// proxy. SOCKS proxies are not supported');
const NO_PROXY_URL = expected(
  'the URL of a proxy, such as http://user:password@proxy.example.com:3128, with special characters in the password percent-encoded',
);

/** The URL of a forward proxy, which may have no scheme (http) and no port, and a user without a password. */
export const forwardProxy: Parse<ProxyAddress> = (text): ProxyAddress | ParseFailure => {
  const [isMatch, scheme = 'http', credentials, host = '', port] = PROXY.exec(text) ?? [];
  if (isMatch === undefined) return NO_PROXY_URL;
  const defaultPort = DEFAULT_PORTS[scheme.toLowerCase()];
  if (defaultPort === undefined) return NO_SCHEME;
  const url = `${scheme.toLowerCase()}://${host}:${port ?? defaultPort}`;
  if (!parseUrl(url) || Number(port ?? 1) === 0) return NO_PROXY_URL;
  return { url, ...(credentials && { authorization: basicCredentials(credentials) }) };
};

function basicCredentials(text: string): string {
  const [user = '', password = ''] = text.split(/:(.*)/s).map(decodeBytes);
  return `Basic ${Buffer.from(`${user}:${password}`, 'latin1').toString('base64')}`;
}

/** Decodes valid percent-encodings and keeps others, as curl does. Each character of the result is a byte. */
const decodeBytes = (text: string): string =>
  Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

const hostList: Parse<readonly string[]> = (text) => {
  const value = printable(1, 10_000)(text);
  return typeof value === 'string' ? value.split(/[\s,]+/).filter((entry) => entry !== '') : value;
};

/** Forward proxies for outbound requests, with the names and meaning that they have for curl. */
export const PROXY_VARIABLES = {
  httpProxy: secret(
    'HTTP_PROXY',
    forwardProxy,
    'Forward proxy for http:// URLs of sources, as http://user:password@host:port',
  ),
  httpsProxy: secret('HTTPS_PROXY', forwardProxy, 'Forward proxy for https:// URLs of sources'),
  allProxy: secret('ALL_PROXY', forwardProxy, 'Forward proxy for both, where HTTP_PROXY or HTTPS_PROXY is not set'),
  noProxy: optional(
    'NO_PROXY',
    hostList,
    'Comma-separated hosts that are reached without the proxy: names (with their subdomains), addresses, CIDRs, each with an optional port, or *',
  ),
} satisfies Readonly<Record<string, Variable<unknown>>>;
