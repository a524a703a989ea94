import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Why a connection was refused before it was made. */
export class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
}

/**
 * Which addresses may be connected to. A configured source's own host may be private or loopback; a host that a source names only when
 * the administrator allows it; link-local addresses, where clouds keep their metadata services, never.
 */
export type AddressPolicy = 'own-host' | 'named-host';

const NEVER: ReadonlySet<string> = new Set(['linkLocal', 'unspecified', 'multicast', 'broadcast', 'reserved']);

/** Metadata services outside the link-local range (Alibaba, AWS on IPv6). */
const METADATA: ReadonlySet<string> = new Set(['100.100.100.200', 'fd00:ec2::254']);

/** The address that is reached in the end: an IPv6 one may wrap an IPv4 one, mapped, compatible (the old way), or for a NAT64 gateway. */
function unwrapped(address: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray();
  const compatible = bytes.length === 16 && bytes.findIndex((byte) => byte !== 0) === 12;
  return compatible || parsed.range() === 'rfc6052' ? ipaddr.fromByteArray(bytes.slice(12)) : parsed;
}

/** Why the address may not be connected to; undefined when it may. IPv4 in IPv6 is unwrapped first. */
export function addressFault(address: string, policy: AddressPolicy): string | undefined {
  const parsed = unwrapped(address);
  const range = parsed.range();
  if (NEVER.has(range) || METADATA.has(parsed.toString())) return `${address} is a ${range} address`;
  if (policy === 'named-host' && range !== 'unicast') return `${address} is a ${range} address`;
  return undefined;
}

/** Refuses a URL whose host is a refused address written out; names are judged by `guardedLookup` on the answer that is used. */
export function refuseLiteral(url: URL, policy: AddressPolicy): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const fault = ipaddr.isValid(host) ? addressFault(host, policy) : undefined;
  if (fault) throw new AddressRefused(`refused to connect: ${fault}`);
}

/** DNS for the connection itself, so that no second answer can slip in between check and use. */
export const guardedLookup =
  (policy: AddressPolicy): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const allowed = addresses.filter(({ address }) => !addressFault(address, policy));
      if (allowed.length === 0)
        return callback(new AddressRefused(`refused to connect: ${hostname} has no permitted address`), []);
      if (options.all) return callback(null, allowed);
      const [first] = allowed as [LookupAddress];
      callback(null, first.address, first.family);
    });
  };
