import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isPathPrefix } from '../../domain/path-prefix.js';
import type { HubAddress } from '../../domain/url-builder.js';

/** Returns whether a proxy is trusted; `hop` counts from 0, the other end of the connection. */
export type TrustsProxy = (address: string, hop: number) => boolean;

/** How the client addressed the hub, as far as the request and the headers of trusted proxies show it. */
export interface RequestedAddress extends Omit<HubAddress, 'scheme'> {
  /** Undefined if no trusted proxy reports it: the connection itself is always plain HTTP. */
  readonly scheme: HubAddress['scheme'] | undefined;
  /** The `Host` header as it was received, which is the name of the hub in the network of the proxy. */
  readonly receivedHost: string;
}

/** A name, an IPv4 address or an IPv6 address in brackets, and a port. Underscores are common in container networks. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[\w.~-]+)(?::\d{1,5})?$/i;
const DEFAULT_PORTS = { http: '80', https: '443' } as const;

/** Whether a `Host` header names a host. Only such a host may be repeated in URLs and headers. */
export const isHost = (text: string): boolean => HOST.test(text);

/** A host as in the origin of a URL: in lower case, without trailing dot and default port. */
export function normalizeHost(host: string, scheme: HubAddress['scheme']): string {
  const [, name = '', port = ''] = /^(.*?)(?::(\d+))?$/.exec(host.toLowerCase())!;
  const withoutDot = name.replace(/\.$/, '');
  return port === '' || port === DEFAULT_PORTS[scheme] ? withoutDot : `${withoutDot}:${port}`;
}

/**
 * Reads the address that a client used: from `X-Forwarded-Proto`, `-Host`, `-Port` and `-Prefix` if the request comes from a trusted
 * proxy, otherwise from the `Host` header.
 */
export function requestedAddress(request: IncomingMessage, trusts: TrustsProxy): RequestedAddress {
  const { headers, socket } = request;
  const receivedHost = isHost(headers.host ?? '') ? headers.host! : addressOf(socket);
  const hops = trustedHops(request, trusts);
  if (hops === 0) return { scheme: undefined, host: normalizeHost(receivedHost, 'http'), prefix: '', receivedHost };
  const scheme = /^https?$/.exec(outermost(headers, 'proto', hops).toLowerCase())?.[0] as
    HubAddress['scheme'] | undefined;
  const forwardedHost = outermost(headers, 'host', hops);
  const host = isHost(forwardedHost) ? forwardedHost : receivedHost;
  const port = outermost(headers, 'port', hops);
  return { scheme, host: withPort(host, port, scheme ?? 'http'), prefix: forwardedPrefix(headers, hops), receivedHost };
}

/** Each proxy that strips a prefix appends its own to that of the proxy in front of it. */
function forwardedPrefix(headers: IncomingHttpHeaders, hops: number): string {
  const prefixes = forwardedValues(headers, 'prefix').slice(-hops).map(withoutTrailingSlash);
  return prefixes.every(isPathPrefix) ? prefixes.join('') : '';
}

const withoutTrailingSlash = (path: string): string => path.replace(/\/$/, '');

/** HTTP/1.0 clients may send no `Host`. They have reached this address. */
function addressOf({ localAddress = 'localhost', localPort }: IncomingMessage['socket']): string {
  const address = localAddress.replace(/^::ffff:/, '');
  return `${address.includes(':') ? `[${address}]` : address}:${localPort}`;
}

/** Number of trusted proxies that the request has passed, without a gap. Each appends an entry to `X-Forwarded-For`. */
function trustedHops({ headers, socket }: IncomingMessage, trusts: TrustsProxy): number {
  const addresses = [socket.remoteAddress ?? '', ...forwardedValues(headers, 'for').toReversed()];
  const untrusted = addresses.findIndex((address, hop) => !trusts(address, hop));
  return untrusted < 0 ? addresses.length : untrusted;
}

function forwardedValues(headers: IncomingHttpHeaders, name: string): readonly string[] {
  const value = headers[`x-forwarded-${name}`];
  return value === undefined
    ? []
    : String(value)
        .split(',')
        .map((item) => item.trim());
}

/**
 * The value of the trusted proxy that is closest to the client. Proxies either replace a header or append to it, so values further to the
 * left are from the client.
 */
function outermost(headers: IncomingHttpHeaders, name: string, hops: number): string {
  const values = forwardedValues(headers, name);
  return values[Math.max(0, values.length - hops)] ?? '';
}

/**
 * Adds the port that a proxy reports separately. The default port of the other scheme is ignored: a proxy behind a TLS load balancer
 * reports its own port.
 */
function withPort(host: string, port: string, scheme: HubAddress['scheme']): string {
  const isUsable = /^[1-9]\d{0,4}$/.test(port) && !Object.values<string>(DEFAULT_PORTS).includes(port);
  const hasPort = /:\d+$/.test(host.replace(/^\[.*\]/, ''));
  return normalizeHost(isUsable && !hasPort ? `${host}:${port}` : host, scheme);
}
