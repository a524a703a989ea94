import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { guardedLookup, refuseLiteral, type AddressPolicy } from './address-guard.js';

/** Concurrent metadata requests to one source. Further ones wait for a connection. */
const METADATA_CONNECTIONS = 20;
const CONNECT_TIMEOUT_MS = 3_000;
/** Maximum time between two chunks of a body. */
const IDLE_BODY_MS = 30_000;
/** Less than the five seconds after which Node.js servers close an idle connection. */
const KEEP_ALIVE_MS = 4_000;

/** Metadata requests and downloads have separate connections, so that slow downloads do not delay metadata requests. */
export type Lane = 'metadata' | 'downloads';

/** All outbound connections of the hub: pooled, with one policy for addresses, proxies and timeouts. */
@Injectable()
export class OutboundDispatcher implements OnApplicationShutdown {
  private readonly pools = new Map<string, Dispatcher>();
  private readonly namedHosts: Dispatcher;
  private readonly usesProxy: boolean;

  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {
    this.usesProxy = Boolean(config.proxy.http ?? config.proxy.https);
    this.namedHosts = this.open(this.namedHostPolicy(), 64);
  }

  /** Connections to the origin of a configured source. */
  forSource(url: URL, lane: Lane): Dispatcher {
    const key = `${lane} ${url.origin}`;
    let pool = this.pools.get(key);
    if (!pool) {
      refuseLiteral(url, 'own-host');
      const connections =
        lane === 'metadata' ? METADATA_CONNECTIONS : METADATA_CONNECTIONS * this.config.fallback.maxConcurrent;
      pool = this.usesProxy
        ? this.open('own-host', connections)
        : new Pool(url.origin, this.options('own-host', connections));
      this.pools.set(key, pool);
    }
    return pool;
  }

  /** Connections to other hosts, for redirects and avatars. Never used with a token. */
  forNamedHost(url: URL): Dispatcher {
    refuseLiteral(url, this.namedHostPolicy());
    return this.namedHosts;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.pools.values(), this.namedHosts].map((dispatcher) => dispatcher.destroy()));
  }

  private namedHostPolicy(): AddressPolicy {
    return this.config.fallback.allowPrivateNetworks ? 'own-host' : 'named-host';
  }

  private open(policy: AddressPolicy, connections: number): Dispatcher {
    const { proxy } = this.config;
    const options = this.options(policy, connections);
    if (!this.usesProxy) return new Agent(options);
    return new EnvHttpProxyAgent({ ...options, httpProxy: proxy.http, httpsProxy: proxy.https, noProxy: proxy.no });
  }

  private options(policy: AddressPolicy, connections: number): Pool.Options {
    return {
      connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0, // `exchange` has its own, more precise timer
      bodyTimeout: IDLE_BODY_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(policy) },
    };
  }
}
