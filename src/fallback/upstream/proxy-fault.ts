import type { ForwardProxy } from '../../platform/config/hub-config.js';

/** Thrown if a forward proxy cannot be reached or refuses a request. The message has no credentials. */
export class ProxyFault extends Error {
  readonly code = 'PROXY_FAILED';
}

const nameOf = ({ url }: ForwardProxy): string => `The forward proxy ${url.replace(/^http:\/\//, '')}`;

/** The proxy replied to a request itself, with this status. */
export function proxyRefusal(proxy: ForwardProxy, status: number): ProxyFault {
  const { variable, authorization } = proxy;
  if (status !== 407) return new ProxyFault(`${nameOf(proxy)} refused the connection (HTTP ${status})`);
  return new ProxyFault(
    authorization === undefined
      ? `${nameOf(proxy)} asks for credentials (HTTP 407). Add the user and password to ${variable}`
      : `${nameOf(proxy)} rejected the credentials in ${variable} and asks for others (HTTP 407)`,
  );
}

/** The connection to the proxy failed. */
export function proxyUnreachable(proxy: ForwardProxy, error: Error & { readonly code?: string }): ProxyFault {
  const reason = error.code ?? error.message;
  return new ProxyFault(`${nameOf(proxy)} in ${proxy.variable} cannot be used (${reason})`, { cause: error });
}
