import ipaddr from 'ipaddr.js';
import { withoutFinalDots } from '../../domain/refused-host.js';

/**
 * Whether requests to a URL do not use the forward proxy because of `NO_PROXY`. Entries have the meaning that they have for curl: a name
 * includes its subdomains, an address or CIDR matches hosts that are written as addresses, `*` matches all. In addition, an entry may have a
 * port or begin with `*.`, as in other programs.
 */
export function bypassesProxy(url: URL, entries: readonly string[]): boolean {
  const host = plainHost(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return entries.some((entry) => matches(entry.toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, bracketed, name, entryPort] = /^(?:(\[[^\]]*\])|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const pattern = bracketed ?? name ?? entry; // an IPv6 address without brackets has no port
  if (entryPort !== undefined && entryPort !== port) return false;
  return ipaddr.isValid(host) ? matchesAddress(pattern, host) : matchesName(pattern, host);
}

function matchesName(pattern: string, host: string): boolean {
  const name = plainHost(pattern.replace(/^\*?\./, ''));
  if (name === '') return false;
  return host.endsWith(`.${name}`) || (host === name && !pattern.startsWith('*.'));
}

function matchesAddress(pattern: string, host: string): boolean {
  const address = ipaddr.process(host);
  const [text = '', bits] = plainHost(pattern).split('/');
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return false;
  const network = ipaddr.process(text);
  if (network.kind() !== address.kind()) return false;
  const length = address.toByteArray().length * 8;
  const prefix = bits === undefined ? length : Number(bits);
  return Number.isInteger(prefix) && prefix >= 0 && prefix <= length && address.match(network, prefix);
}

/** In lower case, without brackets and final dots. */
const plainHost = (host: string): string => withoutFinalDots(host.toLowerCase().replace(/^\[|\]$/g, ''));
