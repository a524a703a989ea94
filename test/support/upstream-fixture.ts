import type { ClientKey } from '../../src/domain/client-key.js';
import type { Source, SourceSecrets } from '../../src/domain/source.js';
import type { Failure, Outcome, Reply, UpstreamRequest } from '../../src/domain/upstream.js';
import type { FallbackConfig, HubConfig } from '../../src/platform/config/hub-config.js';
import { FairPool, type PoolRefusal } from '../../src/platform/async/fair-pool.js';
import { OutboundDispatcher } from '../../src/fallback/upstream/outbound-dispatcher.js';
import { LocalClusterBus } from '../../src/platform/cluster/local-cluster-bus.js';
import type { ReplyPool } from '../../src/fallback/upstream/reply-budget.js';
import { SharedRateLimits } from '../../src/fallback/upstream/shared-rate-limits.service.js';
import { newMemoryLimiter } from '../../src/platform/cluster/new-limiter.js';
import { SourceBandwidth } from '../../src/fallback/upstream/source-bandwidth.service.js';
import { SourceTokens } from '../../src/fallback/upstream/source-tokens.js';
import type { SendContext } from '../../src/fallback/upstream/send-context.js';
import { UpstreamClient } from '../../src/fallback/upstream/upstream-client.js';
import { UpstreamHealth, type SourceHealth } from '../../src/fallback/upstream/upstream-health.js';
import { buildHubConfig } from './build-hub-config.js';
import { FakeUpstream, type Responder } from './fake-upstream.js';
import { buildSource } from './build-source.js';

/** Builds a request for JSON, with overrides. */
export const buildRequest = (facts: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  method: 'GET',
  segments: ['api', 'models', 'o', 'r'],
  query: [],
  expects: 'json',
  follow: 'always',
  ...facts,
});

const NO_CLIENT = 'account none';

/** Memory for replies, without a limit unless a test sets one. */
export class TestReplyPool implements ReplyPool {
  pool = new FairPool(Number.MAX_SAFE_INTEGER);

  takeForReply(client: ClientKey = NO_CLIENT, bytes: number, signal: AbortSignal): Promise<PoolRefusal | undefined> {
    return this.pool.waitFor(client, bytes, signal);
  }

  releaseReply(client: ClientKey = NO_CLIENT, bytes: number): void {
    this.pool.release(client, bytes);
  }
}

type SourceFacts = Partial<Source> & { readonly token?: string; readonly secrets?: SourceSecrets };

export const TOKEN = 'hf_TheSourcesOwnToken';

/** The upstream client with its dependencies, and any number of fake upstreams. */
export class UpstreamFixture {
  readonly tokens = new SourceTokens();
  readonly health = new UpstreamHealth();
  readonly config: HubConfig;
  readonly instanceId = '00112233aabb';
  readonly dispatcher: OutboundDispatcher;
  readonly client: UpstreamClient;
  readonly replies = new TestReplyPool();
  private readonly upstreams: FakeUpstream[] = [];

  constructor(fallback: Partial<FallbackConfig> = {}, more: Partial<HubConfig> = {}) {
    this.config = buildHubConfig({ timeoutMs: 5_000, ...fallback }, more);
    this.dispatcher = new OutboundDispatcher(this.config);
    this.client = new UpstreamClient(
      this.config,
      this.dispatcher,
      this.tokens,
      this.health,
      this.instanceId,
      new SharedRateLimits(new LocalClusterBus()),
      new SourceBandwidth(newMemoryLimiter),
      this.replies,
    );
  }

  async startUpstream(reply: Responder, host?: string, options?: { readonly tls?: boolean }): Promise<FakeUpstream> {
    const upstream = await FakeUpstream.start(reply, host, options);
    this.upstreams.push(upstream);
    return upstream;
  }

  /** The source for an upstream, with optional credentials. */
  sourceAt(
    upstream: Pick<FakeUpstream, 'url'>,
    { token, secrets = token ? { token } : {}, ...facts }: SourceFacts = {},
  ): Source {
    const source = buildSource({ url: upstream.url, hasCredentials: Object.keys(secrets).length > 0, ...facts });
    this.tokens.addTemporarily(source, secrets);
    return source;
  }

  send(source: Source, facts: Partial<UpstreamRequest> = {}, context: Partial<SendContext> = {}): Promise<Outcome> {
    return this.client.send(source, buildRequest(facts), { signal: new AbortController().signal, via: [], ...context });
  }

  async reply(source: Source, facts?: Partial<UpstreamRequest>, context?: Partial<SendContext>): Promise<Reply> {
    const outcome = await this.send(source, facts, context);
    if (outcome.kind !== 'reply') throw new Error(`Expected a reply, not: ${outcome.message}`);
    return outcome;
  }

  async failure(source: Source, facts?: Partial<UpstreamRequest>, context?: Partial<SendContext>): Promise<Failure> {
    const outcome = await this.send(source, facts, context);
    if (outcome.kind !== 'failure') throw new Error(`Expected a failure, not HTTP ${outcome.status}`);
    return outcome;
  }

  healthOf(source: Source): SourceHealth | undefined {
    return this.health.report().find(({ key }) => key === source.key);
  }

  async close(): Promise<void> {
    await this.dispatcher.onApplicationShutdown();
    await Promise.all(this.upstreams.map((upstream) => upstream.close()));
  }
}

/** Reads the whole body. */
export async function bytesOf({ stream }: Reply): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream!) chunks.push(chunk);
  return Buffer.concat(chunks);
}
