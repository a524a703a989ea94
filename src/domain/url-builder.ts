import type { RepoId } from './repo-id.js';
import { repoPath } from './urls.js';

/** The address of the hub as one client knows it. */
export interface HubAddress {
  readonly scheme: 'http' | 'https';
  /** Host name in lower case, with the port unless it is the default of the scheme. */
  readonly host: string;
  /** Path prefix, such as `/tools/hub`. Empty if the hub has its own host. */
  readonly prefix: string;
}

/**
 * Builds every URL of this hub in a response, under the address that the client used (invariant 12 in ARCHITECTURE.md). Clients compare URLs
 * with their endpoint, send their token only to its host, and may not be able to reach the hub under any other name.
 */
export class UrlBuilder {
  readonly isHttps: boolean;
  /** Host name and port as in the origin of a URL. */
  readonly host: string;
  /** Path prefix of all URLs, without trailing slash; empty if the hub has its own host. */
  readonly prefix: string;
  /** Base of all URLs, without trailing slash. */
  readonly base: string;

  /**
   * @param clientHost - host that the client used; another one if `address` is configured
   * @param otherHosts - further hosts of this hub
   * @param domainOf - the domain that a host belongs to
   */
  constructor(
    { scheme, host, prefix }: HubAddress,
    readonly clientHost: string = host,
    private readonly otherHosts: readonly string[] = [],
    private readonly domainOf: (hostname: string) => string = (hostname) => hostname,
  ) {
    this.isHttps = scheme === 'https';
    this.host = host;
    this.prefix = prefix;
    this.base = `${scheme}://${host}${prefix}`;
  }

  /** The absolute URL of a path of the hub, which begins with a slash. */
  url(path: string): string {
    return this.base + path;
  }

  /** The path of a URL on this host, for redirects that must not depend on the host. */
  path(path: string): string {
    return this.prefix + path;
  }

  /** The page of a repository. Clients parse its ID from this URL: `{base}/datasets/ns/name`. */
  repo(repo: RepoId): string {
    return this.url(repoPath(repo));
  }

  /** Whether browsers treat the address as secure (W3C Secure Contexts, 3.1). They ignore some headers otherwise. */
  get isSecureContext(): boolean {
    return this.isHttps || /^(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?$/.test(this.clientHost);
  }

  /** Whether a host with its port is this hub. */
  isOwnHost(host: string): boolean {
    return host === this.host || host === this.clientHost || this.otherHosts.includes(host);
  }

  /** Whether clients may treat a host as this hub, on any port: `huggingface_hub` compares host names only. */
  hasHostName(hostname: string): boolean {
    return this.hostNames.includes(hostname);
  }

  /**
   * Whether a host belongs to the domain of this hub, so that clients may repeat credentials there: Go's net/http sends them to subdomains of
   * the first host, and cookies may be valid for the domain.
   */
  sharesDomainWith(hostname: string): boolean {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    return this.hostNames.some((own) => isWithin(name, this.domainOf(own)));
  }

  private get hostNames(): readonly string[] {
    return [this.host, this.clientHost, ...this.otherHosts].map(hostNameOf);
  }
}

const isWithin = (hostname: string, domain: string): boolean => hostname === domain || hostname.endsWith(`.${domain}`);

/** The name in a host with a port. */
export const hostNameOf = (host: string): string => host.replace(/:\d+$/, '');
