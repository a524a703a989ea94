import { createHash } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, Pool, type Dispatcher } from 'undici';
import { HUB_CONFIG, type ForwardProxy, type HubConfig } from '../../platform/config/hub-config.js';
import { guardedLookup, refuseHost, refuseResolved, type AddressPolicy } from './address-guard.js';
import { OfflineError } from './offline.js';
import type { OutboundRoute } from './exchange.js';
import { bypassesProxy } from './proxy-bypass.js';
import { proxyConnector, tunnelConnector, type ConnectOptions } from './proxy-connectors.js';

const CONNECT_TIMEOUT_MS = 3_000;
/** Maximum time between two chunks of a body. */
const IDLE_BODY_MS = 30_000;
/** Less than the five seconds after which Node.js servers close an idle connection. */
const KEEP_ALIVE_MS = 4_000;

/** Metadata requests and downloads have separate connections, so that slow downloads do not delay metadata requests. */
export type Lane = (typeof LANES)[number];
const LANES = ['metadata', 'downloads'] as const;

/** The routes to other hosts. */
const NAMED = 'named';
/** The routes to identity providers. */
const PROVIDER = 'provider';

/** The facts about a source that determine its connections. */
export interface ConnectedSource {
  readonly url: string;
  readonly clientCertificate?: string;
}

function sourceRouteKey(lane: Lane, { origin }: URL, clientCertificate: string | undefined): string {
  const identity = clientCertificate ? createHash('sha256').update(clientCertificate).digest('hex') : '';
  return `${lane} ${origin} ${identity}`;
}

interface ConnectionOptions extends Pool.Options {
  readonly connect: ConnectOptions;
}

/** All outbound connections of the hub: pooled, with one policy for addresses, proxies and timeouts. */
@Injectable()
export class OutboundDispatcher implements OnApplicationShutdown {
  private readonly routes = new Map<string, OutboundRoute>();
  /** Connections that are no longer used, until their requests have ended. */
  private readonly closing = new Set<Dispatcher>();
  /** Without further authorities, Node's own default is used. */
  private readonly secureContext: SecureContext | undefined;
  private isOffline: boolean;

  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {
    const { certificateAuthorities: ca } = config;
    this.isOffline = config.fallback.offline;
    this.secureContext = ca && createSecureContext({ ca: [...ca] });
  }

  /** Whether connections to other hosts may be used. Running downloads continue. */
  setOffline(isOffline: boolean): void {
    if (isOffline && !this.isOffline) this.closeAll();
    this.isOffline = isOffline;
  }

  /**
   * Connections to the origin of a configured source.
   * @param clientCertificate - as PEM text with its private key
   * @throws AddressRefused, OfflineError
   */
  forSource(url: URL, lane: Lane, clientCertificate?: string): OutboundRoute {
    this.requireOnline();
    return this.route(sourceRouteKey(lane, url, clientCertificate), () => this.openOwn(url, clientCertificate));
  }

  /**
   * Connections to a configured identity provider, which is not a source: they are also used while the hub is offline.
   * @throws AddressRefused
   */
  forProvider(url: URL): OutboundRoute {
    return this.route(`${PROVIDER} ${url.origin}`, () => this.openOwn(url));
  }

  /**
   * Connections to other hosts, for redirects and avatars. Never used with a token.
   * @throws AddressRefused, OfflineError
   */
  async forNamedHost(url: URL): Promise<OutboundRoute> {
    this.requireOnline();
    const policy = this.config.fallback.allowPrivateNetworks ? 'own-host' : 'named-host';
    refuseHost(url, policy);
    const options = this.options(policy);
    const proxy = this.proxyFor(url);
    if (!proxy) return this.route(NAMED, () => ({ dispatcher: new Agent(options) }));
    await refuseResolved(url.hostname, policy);
    return this.route(`${NAMED} ${url.protocol}`, () =>
      throughProxy(proxy, { url, proxyContext: this.secureContext }, options, (tunnels) => new Agent(tunnels)),
    );
  }

  /** Closes the connections to sources other than these, after their requests, for example those with a replaced client certificate. */
  keepOnly(sources: readonly ConnectedSource[]): void {
    const used = new Set(
      sources.flatMap(({ url, clientCertificate }) =>
        LANES.map((lane) => sourceRouteKey(lane, new URL(url), clientCertificate)),
      ),
    );
    for (const key of [...this.routes.keys()])
      if (!used.has(key) && !key.startsWith(NAMED) && !key.startsWith(PROVIDER)) this.close(key);
  }

  private closeAll(): void {
    for (const key of [...this.routes.keys()]) if (!key.startsWith(PROVIDER)) this.close(key);
  }

  /** Opens connections to a host that the administrator has configured, which may be in a private network. */
  private openOwn(url: URL, clientCertificate?: string): OutboundRoute {
    refuseHost(url, 'own-host');
    const options = this.options('own-host', clientCertificate);
    const proxy = this.proxyFor(url);
    if (!proxy) return { dispatcher: new Pool(url.origin, options) };
    const proxied = { url, proxyContext: this.secureContext };
    return throughProxy(proxy, proxied, options, (tunnels) => new Pool(url.origin, tunnels));
  }

  private close(key: string): void {
    const { dispatcher } = this.routes.get(key)!;
    this.routes.delete(key);
    this.closing.add(dispatcher);
    void dispatcher
      .close()
      .catch(() => undefined) // it is destroyed when the hub stops
      .finally(() => this.closing.delete(dispatcher));
  }

  private requireOnline(): void {
    if (this.isOffline) throw new OfflineError();
  }

  async onApplicationShutdown(): Promise<void> {
    const open = [...this.routes.values()].map(({ dispatcher }) => dispatcher);
    await Promise.all([...open, ...this.closing].map((dispatcher) => dispatcher.destroy()));
  }

  private contextFor(clientCertificate: string | undefined): SecureContext | undefined {
    if (clientCertificate === undefined) return this.secureContext;
    const ca = this.config.certificateAuthorities;
    return createSecureContext({ ca: ca && [...ca], cert: clientCertificate, key: clientCertificate });
  }

  private route(key: string, open: () => OutboundRoute): OutboundRoute {
    let route = this.routes.get(key);
    if (!route) this.routes.set(key, (route = open()));
    return route;
  }

  private proxyFor(url: URL): ForwardProxy | undefined {
    const { http, https, no } = this.config.proxy;
    const proxy = url.protocol === 'https:' ? https : http;
    return proxy && !bypassesProxy(url, no) ? proxy : undefined;
  }

  private options(policy: AddressPolicy, clientCertificate?: string): ConnectionOptions {
    return {
      connections: null, // `OutboundSlots` limits them, so that requests never wait here, where the wait would count as a delay of the source
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0, // `exchange` has its own, more precise timer
      bodyTimeout: IDLE_BODY_MS,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        lookup: guardedLookup(policy),
        secureContext: this.contextFor(clientCertificate),
      },
    };
  }
}

/**
 * Connections through a forward proxy, as curl uses it: tunnels for https, requests in absolute form for http.
 *
 * @param openTunnels - creates the dispatcher for https
 */
function throughProxy(
  proxy: ForwardProxy,
  { url, proxyContext }: { readonly url: URL; readonly proxyContext: SecureContext | undefined },
  options: ConnectionOptions,
  openTunnels: (options: Pool.Options) => Dispatcher,
): OutboundRoute {
  const connect = { ...options.connect, lookup: guardedLookup('own-host') }; // the administrator has configured the proxy
  if (url.protocol === 'https:')
    return { dispatcher: openTunnels({ ...options, connect: tunnelConnector(proxy, connect, proxyContext) }) };
  return { dispatcher: new Pool(proxy.url, { ...options, connect: proxyConnector(proxy, connect) }), proxy };
}
