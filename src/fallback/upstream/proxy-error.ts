import type { ForwardProxy } from '../../platform/config/hub-config.js';

/** Thrown if a forward proxy cannot be reached or refuses a request. The message has no credentials. */
export class ProxyError extends Error {
  readonly code = 'PROXY_FAILED';
}

const nameOf = ({ url }: ForwardProxy): string => `The forward proxy ${url.replace(/^http:\/\//, '')}`;

/** The proxy replied to a request itself, with this status. */
export function proxyRefusal(proxy: ForwardProxy, status: number): ProxyError {
  const { variable, authorization } = proxy;
  if (status !== 407) return new ProxyError(`${nameOf(proxy)} refused the connection (HTTP ${status})`);
  return new ProxyError(
    authorization === undefined
      ? `${nameOf(proxy)} asks for credentials (HTTP 407). Add the user and password to ${variable}`
      : `${nameOf(proxy)} rejected the credentials in ${variable} and asks for others (HTTP 407)`,
  );
}

/** The connection to the proxy failed. */
export function proxyUnreachable(proxy: ForwardProxy, error: Error & { readonly code?: string }): ProxyError {
  const reason = error.code ?? error.message;
  return new ProxyError(`${nameOf(proxy)} in ${proxy.variable} cannot be used (${reason})`, { cause: error });
}
