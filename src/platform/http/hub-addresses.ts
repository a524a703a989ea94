import type { IncomingMessage } from 'node:http';
import { UrlBuilder, type HubAddress } from '../../domain/url-builder.js';
import { registrableDomain } from './registrable-domain.js';
import { normalizeHost, requestedAddress, type RequestedAddress, type TrustsProxy } from './requested-address.js';

/** Reads a configured base URL, which has no trailing slash. */
function readAddress(baseUrl: string): HubAddress {
  const { protocol, host, pathname } = new URL(baseUrl);
  return { scheme: protocol === 'https:' ? 'https' : 'http', host, prefix: pathname === '/' ? '' : pathname };
}

/** The addresses of the hub: the configured ones, otherwise the one that each client uses. */
export class HubAddresses {
  private readonly configured: readonly HubAddress[];
  private readonly hosts: readonly string[];

  constructor(
    baseUrls: readonly string[],
    private readonly trusts: TrustsProxy,
  ) {
    this.configured = baseUrls.map(readAddress);
    this.hosts = this.configured.map(({ host }) => host);
  }

  /** Whether the URLs in a response depend on how the client addressed the hub. */
  get dependOnRequest(): boolean {
    return this.configured.length !== 1;
  }

  /** Builds URLs for the response to a request. */
  urlsFor(request: IncomingMessage): UrlBuilder {
    const requested = requestedAddress(request, this.trusts);
    const { host, receivedHost } = requested;
    const hosts = [receivedHost.toLowerCase(), ...this.hosts];
    return new UrlBuilder(this.choose(requested), host, hosts, registrableDomain);
  }

  /** The configured address that the client used, otherwise the first one. */
  private choose(requested: RequestedAddress): HubAddress {
    const [first] = this.configured;
    if (first === undefined) return { ...requested, scheme: requested.scheme ?? 'http' };
    if (this.configured.length === 1) return first;
    const sameHost = this.configured.filter(({ host, scheme }) => host === normalizeHost(requested.host, scheme));
    const sameScheme = sameHost.filter(({ scheme }) => scheme === requested.scheme);
    const candidates = sameScheme.length > 0 ? sameScheme : sameHost;
    return candidates.find(({ prefix }) => prefix === requested.prefix) ?? candidates[0] ?? first;
  }
}
