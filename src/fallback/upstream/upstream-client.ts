import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Source } from '../../domain/source.js';
import type { Outcome, Reply, UpstreamRequest } from '../../domain/upstream.js';
import { tokenRejectedMessage } from '../../domain/choose-failure.js';
import { encodeForm } from '../../domain/encode-path.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { OutboundDispatcher } from './outbound-dispatcher.js';
import { OutboundHeaders } from './outbound-headers.js';
import { exchange, isStaleSocket } from './exchange.js';
import { FailureLog } from './failure-log.js';
import { fileDescription, isDescribed } from './file-description.js';
import type { BodyUse } from './read-body.js';
import { toReply } from './reply.js';
import { isBadCredentials, redactToken } from './source-credentials.js';
import { SourceGate } from './source-gate.js';
import { SourceTokens } from './source-tokens.js';
import { SourceUrlBuilder } from './source-url-builder.js';
import { UpstreamHealth } from './upstream-health.js';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The context of a request to a source. */
export interface SendContext {
  /** Aborted when the caller no longer waits for the reply. */
  readonly signal: AbortSignal;
  /** Entries of the incoming `Via` header. */
  readonly via: readonly string[];
  /** Deadline for the reply (`performance.now()`). A streamed body may continue after it. */
  readonly deadlineAt?: number;
}

/** A request to the target of a source's redirect. */
export interface NamedRequest extends Pick<UpstreamRequest, 'method' | 'conditions'> {
  /** Size of the requested file in bytes, if the source has reported it. */
  readonly size?: string;
}

/** Sends the requests of a strategy to a source. Failures of the source are returned, never thrown (invariant 7). */
@Injectable()
export class UpstreamClient {
  private readonly log = new Logger('Upstream');
  private readonly failures = new FailureLog(Date.now);
  private readonly gates = new Map<string, SourceGate>();
  private readonly urls = new SourceUrlBuilder();
  private readonly headers: OutboundHeaders;

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly dispatcher: OutboundDispatcher,
    private readonly tokens: SourceTokens,
    private readonly health: UpstreamHealth,
  ) {
    this.headers = new OutboundHeaders(config);
  }

  /** Sends a request to a source. The source's token is sent to its own origin only. */
  send(source: Source, request: UpstreamRequest, context: SendContext): Promise<Outcome> {
    return this.gateOf(source).run(() => this.sendWithToken(source, request, context));
  }

  /** Fetches the target of a source's redirect, without any token. Of the client's headers, only `Range` and `If-*` are sent. */
  async fetchNamed(target: string, request: NamedRequest, context: SendContext): Promise<Outcome> {
    try {
      const url = new URL(target);
      const headers = this.headers.of(request, context.via, undefined);
      const route = await this.dispatcher.forNamedHost(url);
      const data = await exchange({
        route,
        url,
        method: request.method,
        headers,
        timeoutMs: this.config.fallback.timeoutMs,
        deadlineAt: context.deadlineAt,
        streams: true,
        signal: context.signal,
      });
      return await toReply(
        data,
        { expects: request.method === 'HEAD' ? 'nothing' : 'stream', size: request.size },
        url,
      );
    } catch (error) {
      return this.failures.describe(error);
    }
  }

  /** Deletes the breaker and the health record of a source. */
  forget(sourceKey: string): void {
    this.gates.delete(sourceKey);
    this.health.unregister(sourceKey);
  }

  /** @throws TypeError if the URL would not be below the source's URL */
  urlOf(source: Source, request: Pick<UpstreamRequest, 'segments' | 'query'>): URL {
    return this.urls.urlOf(source, request);
  }

  /** A request whose token is rejected is sent again without it, as are all requests for some minutes. */
  private async sendWithToken(source: Source, request: UpstreamRequest, context: SendContext): Promise<Outcome> {
    const token = this.tokens.get(source);
    if (!token) return this.follow(source, request, context, undefined);
    const { tokenGate, health } = this.gateOf(source);
    if (tokenGate.admits(token)) {
      const outcome = await this.follow(source, request, context, token);
      if (!isBadCredentials(outcome)) {
        if (outcome.kind === 'reply' && outcome.status < 400) {
          health.token = 'accepted';
          tokenGate.accept(token);
        }
        return redactToken(outcome, token);
      }
      this.rejectToken(source, token);
    }
    return { ...(await this.follow(source, request, context, undefined)), tokenRejected: true };
  }

  private rejectToken(source: Source, token: string): void {
    const { tokenGate, health } = this.gateOf(source);
    health.token = 'rejected';
    health.recordFailure('It rejected its token. Update the token of this source.', new Date());
    if (tokenGate.reject(token))
      this.log.warn(`${tokenRejectedMessage(source.name)} It is used without a token until then.`);
  }

  /** Follows redirects on the source's own origin. The reply keeps the file description of the first one. */
  private async follow(
    source: Source,
    request: UpstreamRequest,
    context: SendContext,
    token: string | undefined,
  ): Promise<Outcome> {
    try {
      let url = this.urlOf(source, request);
      let first: Reply | undefined;
      for (let redirects = 0; ; redirects++) {
        const reply = await this.exchangeOnce(
          { ...request, size: first?.headers['x-linked-size'] },
          url,
          context,
          token,
        );
        first ??= reply;
        const target = reply.location;
        const isFollowed =
          target &&
          REDIRECTS.has(reply.status) &&
          new URL(target).origin === url.origin &&
          !isDescribed(request, reply);
        if (!isFollowed)
          return first === reply ? reply : { ...reply, headers: { ...reply.headers, ...fileDescription(first) } };
        if (redirects === MAX_REDIRECTS)
          return { kind: 'failure', category: 'invalid', message: 'It redirected too many times' };
        url = new URL(target);
      }
    } catch (error) {
      return this.failures.describe(error);
    }
  }

  private async exchangeOnce(
    request: UpstreamRequest & Pick<BodyUse, 'size'>,
    url: URL,
    context: SendContext,
    token: string | undefined,
  ): Promise<Reply> {
    const isDownload = request.expects !== 'json' && request.method !== 'HEAD';
    const options = {
      route: this.dispatcher.forSource(url, isDownload ? 'downloads' : 'metadata'),
      url,
      method: request.method,
      headers: this.headers.of(request, context.via, token),
      body: request.form && encodeForm(request.form),
      timeoutMs: this.config.fallback.timeoutMs,
      deadlineAt: context.deadlineAt,
      streams: request.expects === 'stream',
      signal: context.signal,
    };
    const data = await exchange(options).catch((error: unknown) => {
      if (!isStaleSocket(error) || context.signal.aborted) throw error;
      return exchange(options); // safe to retry: no request to a source changes anything
    });
    const expects = request.method === 'HEAD' ? 'nothing' : request.expects;
    return toReply(data, { expects, size: request.size }, url);
  }

  private gateOf(source: Source): SourceGate {
    const existing = this.gates.get(source.key);
    if (existing) return existing;
    const gate = new SourceGate(source.key, Date.now, (outcome, ms) => this.health.notify(source, outcome, ms));
    this.gates.set(source.key, gate);
    this.health.register(source.key, () => gate.report());
    return gate;
  }
}
