import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Thrown if a connection is not allowed. The message has the reason. */
export class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
}

/**
 * The allowed addresses. The host of a configured source may be private or loopback (`own-host`). Other hosts, such as those of redirects,
 * may only if the administrator allows private networks (`named-host` otherwise). Link-local addresses, which metadata services of clouds
 * use, are never allowed.
 */
export type AddressPolicy = 'own-host' | 'named-host';

const FORBIDDEN_RANGES: ReadonlySet<string> = new Set([
  'linkLocal',
  'unspecified',
  'multicast',
  'broadcast',
  'reserved',
]);

/** Metadata services outside the link-local range (Alibaba, AWS on IPv6). */
const METADATA_SERVICES: ReadonlySet<string> = new Set(['100.100.100.200', 'fd00:ec2::254']);

/** Extracts an IPv4 address from an IPv4-mapped, IPv4-compatible or NAT64 IPv6 address. */
function unwrapAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray();
  const compatible = bytes.length === 16 && bytes.findIndex((byte) => byte !== 0) === 12;
  return compatible || parsed.range() === 'rfc6052' ? ipaddr.fromByteArray(bytes.slice(12)) : parsed;
}

const HOW_TO_ALLOW = 'Set KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS=true to allow it';

/** The reason why connections to an address are not allowed; `undefined` if they are. */
export function addressProblem(address: string, policy: AddressPolicy): string | undefined {
  const parsed = unwrapAddress(address);
  const range = parsed.range();
  if (FORBIDDEN_RANGES.has(range) || METADATA_SERVICES.has(parsed.toString()))
    return `${address} is a ${range} address`;
  if (policy === 'named-host' && range !== 'unicast') return `${address} is a ${range} address. ${HOW_TO_ALLOW}`;
  return undefined;
}

/**
 * Rejects a URL whose host is an IP address that is not allowed. Host names are checked by `guardedLookup`, on the address that is used.
 *
 * @throws AddressRefused
 */
export function refuseLiteral(url: URL, policy: AddressPolicy): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const problem = ipaddr.isValid(host) ? addressProblem(host, policy) : undefined;
  if (problem) throw new AddressRefused(`Connections to this address are not allowed: ${problem}`);
}

/** DNS lookup for connections. The checked address is the one that is connected to, which prevents DNS rebinding. */
export const guardedLookup =
  (policy: AddressPolicy): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const allowed = addresses.filter(({ address }) => !addressProblem(address, policy));
      if (allowed.length === 0) {
        const problem = addresses[0] ? addressProblem(addresses[0].address, policy) : 'it has no address';
        return callback(new AddressRefused(`Connections to ${hostname} are not allowed: ${problem}`), []);
      }
      if (options.all) return callback(null, allowed);
      const [first] = allowed as [LookupAddress];
      callback(null, first.address, first.family);
    });
  };
