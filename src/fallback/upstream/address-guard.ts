import { lookup, type LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { embeddedIpv4, hostRefusal } from '../../domain/refused-host.js';

const RESOLVE_TIMEOUT_MS = 500;

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

/** Without brackets and zone. */
const plainAddress = (address: string): string => address.replace(/^\[|\]$/g, '').split('%')[0]!;

/** The range of an address, or of the IPv4 address that is embedded in it. */
function rangeOf(address: string): string {
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.range();
  const ipv4 = embeddedIpv4(canonicalIpv6(address).slice(1, -1));
  const isPublic = parsed.range() === 'rfc6052' || parsed.range() === 'unicast';
  return ipv4 === undefined || !isPublic ? parsed.range() : ipaddr.process(ipv4).range();
}

/** An IPv6 address as in `URL.hostname`. */
const canonicalIpv6 = (address: string): string => new URL(`http://[${address}]/`).hostname;

const HOW_TO_ALLOW = 'Set KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS=true to allow it';

/** The reason why connections to an address are not allowed; `undefined` if they are. */
export function addressProblem(address: string, policy: AddressPolicy): string | undefined {
  const plain = plainAddress(address);
  const refusal = hostRefusal(plain.includes(':') ? canonicalIpv6(plain) : plain);
  if (refusal) return `${address} is ${refusal}`;
  const range = rangeOf(plain);
  return policy === 'named-host' && range !== 'unicast'
    ? `${address} is a ${range} address. ${HOW_TO_ALLOW}`
    : undefined;
}

/**
 * Rejects a URL whose host has an address or a name that is not allowed. Other names are checked by `guardedLookup`, on the address that is
 * used, or behind a forward proxy by `refuseResolved`.
 *
 * @throws AddressRefused
 */
export function refuseHost({ hostname }: URL, policy: AddressPolicy): void {
  const problem = ipaddr.isValid(plainAddress(hostname))
    ? addressProblem(hostname, policy)
    : nameProblem(hostname, policy);
  if (problem) throw new AddressRefused(`Connections to this address are not allowed: ${problem}`);
}

function nameProblem(hostname: string, policy: AddressPolicy): string | undefined {
  const refusal = hostRefusal(hostname);
  if (refusal) return `${hostname} is ${refusal}`;
  const isLocalhost = /(?:^|\.)localhost\.*$/i.test(hostname);
  return isLocalhost && policy === 'named-host' ? `${hostname} is a loopback address. ${HOW_TO_ALLOW}` : undefined;
}

/**
 * Rejects a host name that resolves to an address that is not allowed. For hosts behind a forward proxy, which resolves names itself: a name
 * that only the proxy can resolve is accepted. The name service is asked directly, because `lookup` blocks threads while it does not reply.
 *
 * @throws AddressRefused
 */
export async function refuseResolved(hostname: string, policy: AddressPolicy): Promise<void> {
  if (ipaddr.isValid(plainAddress(hostname))) return;
  const resolver = new Resolver({ timeout: RESOLVE_TIMEOUT_MS, tries: 1 });
  const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  for (const address of found.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))) {
    const problem = addressProblem(address, policy);
    if (problem) throw new AddressRefused(`Connections to ${hostname} are not allowed: ${problem}`);
  }
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
