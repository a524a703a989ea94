import { Inject, Injectable } from '@nestjs/common';
import type { Dispatcher } from 'undici';
import type { Source } from '../../domain/source.js';
import type { Outcome, Reply, UpstreamRequest } from '../../domain/upstream.js';
import { BAD_CREDENTIALS_MESSAGE } from '../../domain/classify-reply.js';
import { encodeForm, encodePath, encodeQuery } from '../../domain/encode-path.js';
import { outgoingVia, viaEntry } from './via.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { OutboundDispatcher } from './dispatcher.js';
import { describeError, exchange, isStaleSocket } from './exchange.js';
import { toReply } from './reply.js';
import { SourceGate } from './source-gate.js';
import { SourceTokens } from './source-tokens.js';
import { UpstreamHealth } from './upstream-health.js';
import { redactToken } from './redact-token.js';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Who waits for an answer, and through which hubs the question came. */
export interface SendContext {
  readonly signal: AbortSignal;
  /** Entries of the incoming `Via`. */
  readonly via: readonly string[];
  /** The moment (`performance.now()`) by which the answer must be there; a stream may go on. */
  readonly deadlineAt?: number;
}

/** Puts a strategy's request to a source and brings back what came of it. It never throws for what the far side does. */
@Injectable()
export class UpstreamClient {
  private readonly lines = new Map<string, SourceGate>();
  private readonly bases = new Map<string, URL>();
  private readonly ownVia: string;
  private readonly userAgent: string;

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly dispatcher: OutboundDispatcher,
    private readonly tokens: SourceTokens,
    private readonly health: UpstreamHealth,
  ) {
    this.ownVia = viaEntry(config.instanceId);
    this.userAgent = `hubfall/${config.version}`;
  }

  /** Context a source; its token goes along, and to no other origin. */
  ask(source: Source, request: UpstreamRequest, context: SendContext): Promise<Outcome> {
    return this.lineTo(source).ask(() => this.askWithToken(source, request, context));
  }

  /** Fetches what a source's redirect names, without any token: `Range` and `If-*` are all that travels. */
  async fetchNamed(
    target: string,
    request: Pick<UpstreamRequest, 'method' | 'conditions'>,
    context: SendContext,
  ): Promise<Outcome> {
    try {
      const url = new URL(target);
      const headers = this.headersOf(request, context, undefined);
      const dispatcher = this.dispatcher.forNamedHost(url);
      const data = await exchange({
        dispatcher,
        url,
        method: request.method,
        headers,
        timeoutMs: this.config.fallback.timeoutMs,
        deadlineAt: context.deadlineAt,
        streams: true,
        signal: context.signal,
      });
      return await toReply(data, request.method === 'HEAD' ? 'nothing' : 'stream', url);
    } catch (error) {
      return describeError(error);
    }
  }

  /** Drops what is known of a source that was only tried. */
  forget(sourceKey: string): void {
    this.lines.delete(sourceKey);
    this.health.unregister(sourceKey);
  }

  /** The absolute URL of a request at a source. It lies under the source's own (law 6). */
  urlOf(source: Source, request: Pick<UpstreamRequest, 'segments' | 'query'>): URL {
    const base = this.baseOf(source);
    const url = new URL(`${source.url}${encodePath(request.segments)}${encodeQuery(request.query)}`);
    const home = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
    if (url.origin !== base.origin || !url.pathname.startsWith(home))
      throw new TypeError(`${url.pathname} lies outside of its source`);
    return url;
  }

  private async askWithToken(source: Source, request: UpstreamRequest, context: SendContext): Promise<Outcome> {
    const token = this.tokens.get(source);
    const outcome = await this.send(source, request, context, token);
    if (!token) return outcome;
    const { health } = this.lineTo(source);
    if (!isBadCredentials(outcome)) {
      if (outcome.kind === 'reply' && outcome.status < 400) health.token = 'accepted';
      return redactToken(outcome, token);
    }
    health.token = 'rejected';
    health.failed('it rejects the token that is configured for it', new Date());
    return this.send(source, request, context, undefined);
  }

  /** Follows redirects on the source's own origin; the first answer's description of a file outlives them. */
  private async send(
    source: Source,
    request: UpstreamRequest,
    context: SendContext,
    token: string | undefined,
  ): Promise<Outcome> {
    try {
      let url = this.urlOf(source, request);
      let first: Reply | undefined;
      for (let hops = 0; ; hops++) {
        const reply = await this.exchangeOnce(request, url, context, token);
        first ??= reply;
        const target = reply.location;
        const follows =
          target && REDIRECTS.has(reply.status) && new URL(target).origin === url.origin && !isEnough(request, reply);
        if (!follows)
          return first === reply ? reply : { ...reply, headers: { ...reply.headers, ...description(first) } };
        if (hops === MAX_REDIRECTS) return { kind: 'failure', category: 'invalid', message: 'it redirects in circles' };
        url = new URL(target);
      }
    } catch (error) {
      return describeError(error);
    }
  }

  private async exchangeOnce(
    request: UpstreamRequest,
    url: URL,
    context: SendContext,
    token: string | undefined,
  ): Promise<Reply> {
    const options = {
      dispatcher: this.dispatcher.forSource(
        url,
        request.expects === 'json' || request.method === 'HEAD' ? 'questions' : 'downloads',
      ),
      url,
      method: request.method,
      headers: this.headersOf(request, context, token),
      body: request.form && encodeForm(request.form),
      timeoutMs: this.config.fallback.timeoutMs,
      deadlineAt: context.deadlineAt,
      streams: request.expects === 'stream',
      signal: context.signal,
    };
    const data: Dispatcher.ResponseData = await exchange(options).catch((error: unknown) => {
      if (!isStaleSocket(error) || context.signal.aborted) throw error;
      return exchange(options); // none of our questions changes anything, so asking once more is safe
    });
    return toReply(data, request.method === 'HEAD' ? 'nothing' : request.expects, url);
  }

  private headersOf(
    request: Pick<UpstreamRequest, 'conditions' | 'form'>,
    context: SendContext,
    token: string | undefined,
  ): Record<string, string> {
    const headers: Record<string, string> = {
      'user-agent': this.userAgent,
      via: outgoingVia(context.via, this.ownVia),
      'accept-encoding': 'identity', // a compressed file has no length, and its ETag would be another's
      ...request.conditions,
    };
    if (token) headers['authorization'] = `Bearer ${token}`;
    if (request.form) headers['content-type'] = 'application/x-www-form-urlencoded';
    return headers;
  }

  private lineTo(source: Source): SourceGate {
    let line = this.lines.get(source.key);
    if (!line) {
      line = new SourceGate(source.key, Date.now, (outcome, ms) => this.health.tell(source, outcome, ms));
      this.lines.set(source.key, line);
      const reporting = line;
      this.health.register(source.key, () => reporting.report());
    }
    return line;
  }

  private baseOf(source: Source): URL {
    let base = this.bases.get(source.url);
    if (!base) this.bases.set(source.url, (base = new URL(source.url)));
    return base;
  }
}

const isBadCredentials = (outcome: Outcome): boolean =>
  outcome.kind === 'reply' &&
  outcome.status === 401 &&
  (outcome.headers['x-error-message'] ?? outcome.message) === BAD_CREDENTIALS_MESSAGE;

/** A HEAD has served its purpose when the answer says commit, ETag and size. */
const isEnough = ({ follow }: UpstreamRequest, { headers }: Reply): boolean =>
  follow === 'unless-described' &&
  Boolean(headers['x-repo-commit'] && headers['x-linked-size'] && (headers['x-linked-etag'] ?? headers['etag']));

/** What the hub's own answer says of a file; a store behind it has an ETag of its own (contract G.1). */
function description({ headers }: Reply): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['x-repo-commit', 'x-linked-etag', 'x-linked-size', 'etag'])
    if (headers[name]) kept[name] = headers[name];
  return kept;
}
