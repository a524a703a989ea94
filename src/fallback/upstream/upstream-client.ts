import { parseUrl } from '../../domain/parse-url.js';
import { Inject, Injectable } from '@nestjs/common';
import type { Source, SourceSecrets } from '../../domain/source.js';
import type { Failure, Outcome, UpstreamRequest } from '../../domain/upstream.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { ClientShares } from '../../platform/http/client-shares.service.js';
import { INSTANCE_ID } from '../../platform/identity/instance-id.js';
import { OutboundDispatcher } from './outbound-dispatcher.js';
import { OutboundHeaders } from './outbound-headers.js';
import { NO_FREE_CONNECTION, NO_FREE_SHARE, OutboundSlots, type SlotLane } from './outbound-slots.js';
import { unsendableFailure } from './credential-failures.js';
import { strategyFor } from '../strategies/strategies.js';
import { exchange } from './exchange.js';
import { FailureLog } from './failure-log.js';
import { HarmlessProbe, type TokenCheck } from './harmless-probe.js';
import { toReply } from './reply.js';
import { ReplyBudget, type ReplyPool } from './reply-budget.js';
import { SourceBandwidth } from './source-bandwidth.service.js';
import { authorizationOf, redactOutcome } from './source-credentials.js';
import type { NamedRequest } from './named-request.js';
import { OFFLINE } from './offline.js';
import type { Credential } from './request-budgets.js';
import type { SendContext } from './send-context.js';
import { isDownload, SourceExchange } from './source-exchange.js';
import { SourceGates } from './source-gates.js';
import { SharedRateLimits } from './shared-rate-limits.service.js';
import { SourceTokens } from './source-tokens.js';
import { timeoutMsOf } from './source-timeout.js';
import { SourceUrlBuilder } from './source-url-builder.js';
import { TokenUse } from './token-use.js';
import { UpstreamHealth } from './upstream-health.js';

/** Sends the requests of a strategy to a source. Failures of the source are returned, never thrown (invariant 7). */
@Injectable()
export class UpstreamClient {
  private readonly failures = new FailureLog(Date.now);
  private readonly urls = new SourceUrlBuilder();
  private readonly headers: OutboundHeaders;
  private readonly exchange: SourceExchange;
  private readonly gates: SourceGates;
  private readonly tokenUse: TokenUse;
  private readonly slots: OutboundSlots;
  private readonly replies: ReplyBudget;

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly dispatcher: OutboundDispatcher,
    private readonly tokens: SourceTokens,
    private readonly health: UpstreamHealth,
    @Inject(INSTANCE_ID) instanceId: string,
    limits: SharedRateLimits,
    private readonly bandwidth: SourceBandwidth,
    @Inject(ClientShares) pool: ReplyPool,
  ) {
    this.headers = new OutboundHeaders(instanceId, config);
    this.slots = new OutboundSlots(config.fallback.maxConcurrent);
    const { headers, failures } = this;
    this.replies = new ReplyBudget(pool);
    this.exchange = new SourceExchange({ dispatcher, headers, failures, replies: this.replies });
    this.gates = new SourceGates(new HarmlessProbe({ dispatcher, tokens, headers, config }), health, limits);
    this.tokenUse = new TokenUse(tokens);
  }

  /** Sends a request to a source. The source's token is sent to its own origin only. */
  async send(source: Source, request: UpstreamRequest, context: SendContext): Promise<Outcome> {
    const unsendable = this.unsendable(source);
    if (unsendable) return unsendable;
    const refusal = await this.gates.of(source).refusal(context.signal);
    if (refusal) return refusal;
    return this.tokenUse.send(source, this.gates.of(source), (secrets) =>
      this.sendAs(source, request, { ...context, startedAt: performance.now() }, secrets),
    );
  }

  /**
   * Fetches the target of a source's redirect, or another URL that it names, without its credentials, but with the timeout of the source. Of the client's headers, only `Range` and
   * `If-*` are sent. Failures of the other host do not count for the source (invariant 11).
   */
  async fetchNamed(source: Source, target: string, request: NamedRequest, context: SendContext): Promise<Outcome> {
    const unsendable = this.unsendable(source);
    if (unsendable) return unsendable;
    const url = parseUrl(target);
    if (!url) return this.failures.describe(new TypeError(`${target} is not a URL`));
    const lane = request.method === 'GET' && !request.readsJson ? 'named downloads' : 'named';
    return this.withSlot(source, { lane, url, context }, () => this.exchangeNamed(source, url, request, context));
  }

  /** Milliseconds within which 95 % of recent metadata requests were answered; `undefined` if there were too few. */
  expectedMaximumMs(source: Source): number | undefined {
    return this.gates.of(source).health.latency.expectedMaximum;
  }

  /** Whether a source accepts its credentials now. Metrics and breaker do not count this request. */
  checkCredentials(source: Source): Promise<TokenCheck> {
    return source.offline ? Promise.resolve('failed') : this.tokenUse.check(source, this.gates.of(source));
  }

  /** Applies the result of a connection test. */
  noteCredentials(source: Source, state: TokenCheck): void {
    this.tokenUse.note(source, this.gates.of(source), state);
  }

  /** Closes the breakers and ends the rate-limit holds of all sources in this process. */
  reset(): void {
    this.gates.reset();
  }

  /** Closes the connections that none of these sources use any longer. */
  closeUnused(sources: readonly Source[]): void {
    this.dispatcher.keepOnly(
      sources.map((source) => ({
        url: source.url,
        clientCertificate: this.tokens.secretsOf(source).client_certificate,
      })),
    );
  }

  /** Deletes the breaker, the holds and the health record of a source. */
  forget(sourceKey: string): void {
    this.gates.delete(sourceKey);
    this.bandwidth.delete(sourceKey);
  }

  /** @throws TypeError if the URL would not be below the source's URL */
  urlOf(source: Source, request: Pick<UpstreamRequest, 'segments' | 'query'>): URL {
    return this.urls.urlOf(source, request);
  }

  private unsendable(source: Source): Failure | undefined {
    const failure = unsendableFailure(source, this.tokens.secretsOf(source));
    if (!failure || failure === OFFLINE) return failure;
    this.gates.of(source).health.recordFailure(`${failure.message}.`);
    this.health.notify(source, failure, 0);
    return failure;
  }

  private async sendAs(
    source: Source,
    request: UpstreamRequest,
    context: SendContext,
    secrets: SourceSecrets,
  ): Promise<Outcome> {
    const credential: Credential = authorizationOf(secrets) === undefined ? 'anonymous' : 'token';
    const { subject = '', isBackground } = context;
    const bucket = strategyFor(source.type).rateLimitBucket(request);
    const facts = { subject, bucket, credential, isDownload: isDownload(request), isBackground };
    const access = { secrets, timeoutMs: timeoutMsOf(source, this.config) };
    const place = { lane: facts.isDownload ? 'downloads' : 'metadata', url: new URL(source.url), context } as const;
    const outcome = await this.withSlot(source, place, () =>
      this.gates
        .of(source)
        .run(facts, () => this.exchange.send(() => this.urlOf(source, request), request, context, access)),
    );
    return redactOutcome(outcome, this.tokens.secretsOf(source));
  }

  /** Sends a request when there is a connection for it. Only the metrics count those that wait for one in vain. */
  private async withSlot(
    source: Source,
    { lane, url, context }: { readonly lane: SlotLane; readonly url: URL; readonly context: SendContext },
    send: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const started = performance.now();
    const outcome = await this.slots.use(lane, url, context, send);
    if (outcome === NO_FREE_CONNECTION || outcome === NO_FREE_SHARE)
      this.health.notify(source, outcome, performance.now() - started);
    return this.bandwidth.limit(source, outcome, context);
  }

  private async exchangeNamed(source: Source, url: URL, request: NamedRequest, context: SendContext): Promise<Outcome> {
    const isOwn = request.mayBeOwnOrigin === true && url.origin === new URL(source.url).origin;
    const { headers, client_certificate: certificate }: SourceSecrets = isOwn ? this.tokens.secretsOf(source) : {};
    const secrets = { ...(headers && { headers }), ...(request.bearer !== undefined && { token: request.bearer }) };
    try {
      const { dispatcher } = this;
      const data = await exchange({
        route: isOwn ? dispatcher.forSource(url, 'downloads', certificate) : await dispatcher.forNamedHost(url),
        url,
        method: request.method,
        headers: this.headers.of(request, context.via, secrets),
        timeoutMs: timeoutMsOf(source, this.config),
        deadlineAt: context.deadlineAt,
        streams: !request.readsJson,
        signal: context.signal,
      });
      const expects = request.method === 'HEAD' ? 'nothing' : request.readsJson ? 'json' : 'stream';
      return await toReply(data, { expects, size: request.size, allowance: this.replies.open(context) }, url);
    } catch (error) {
      return this.failures.describe(error);
    }
  }
}
