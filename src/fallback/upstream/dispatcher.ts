import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { guardedLookup, refuseLiteral, type AddressPolicy } from './address-guard.js';

/** Questions in flight to one source; further ones wait for a connection. */
const QUESTIONS_PER_SOURCE = 20;
const CONNECT_TIMEOUT_MS = 3_000;
/** A streamed body may be silent for so long. */
const IDLE_BODY_MS = 30_000;
/** Below the five seconds after which Node's own servers close an idle connection. */
const KEEP_ALIVE_MS = 4_000;

/** What a connection is for. Downloads have their own, so that slow readers never starve the questions. */
export type Lane = 'questions' | 'downloads';

/** The only way out of the hub: pooled keep-alive connections under one policy of addresses, proxies and time-outs. */
@Injectable()
export class OutboundDispatcher implements OnApplicationShutdown {
  private readonly pools = new Map<string, Dispatcher>();
  private readonly namedHosts: Dispatcher;
  private readonly proxied: boolean;

  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {
    this.proxied = Boolean(config.proxy.http ?? config.proxy.https);
    this.namedHosts = this.open(this.namedHostPolicy(), 64);
  }

  /** The connections to a configured source's own origin. */
  forSource(url: URL, lane: Lane): Dispatcher {
    const key = `${lane} ${url.origin}`;
    let pool = this.pools.get(key);
    if (!pool) {
      refuseLiteral(url, 'own-host');
      const connections =
        lane === 'questions' ? QUESTIONS_PER_SOURCE : QUESTIONS_PER_SOURCE * this.config.fallback.maxConcurrent;
      pool = this.proxied
        ? this.open('own-host', connections)
        : new Pool(url.origin, this.options('own-host', connections));
      this.pools.set(key, pool);
    }
    return pool;
  }

  /** The connections to a host that a source named: a redirect's target, an avatar. Never used with a token. */
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
    if (!this.proxied) return new Agent(options);
    return new EnvHttpProxyAgent({ ...options, httpProxy: proxy.http, httpsProxy: proxy.https, noProxy: proxy.no });
  }

  private options(policy: AddressPolicy, connections: number): Pool.Options {
    return {
      connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0, // the caller's own timer is exact; undici's is coarse
      bodyTimeout: IDLE_BODY_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(policy) },
    };
  }
}
