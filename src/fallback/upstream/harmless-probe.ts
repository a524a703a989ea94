import type { Source, SourceSecrets } from '../../domain/source.js';
import { encodePath, encodeQuery } from '../../domain/encode-path.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import type { TestRequest } from '../strategies/source-strategy.js';
import { strategyFor } from '../strategies/strategies.js';
import { describeError } from './exchange-errors.js';
import { exchange } from './exchange.js';
import type { OutboundDispatcher } from './outbound-dispatcher.js';
import type { OutboundHeaders } from './outbound-headers.js';
import { MAX_ERROR_BYTES } from './read-body.js';
import type { ProbeResult } from './source-breaker.js';
import { timeoutMsOf } from './source-timeout.js';
import { withoutAuthorization } from './source-credentials.js';
import type { SourceTokens } from './source-tokens.js';

/** The probe is shorter than other requests, unless the source is known to be slow: it has its own timeout. */
const MAX_TIMEOUT_MS = 3_000;
/** Responses of a gateway that cannot reach the hub behind it, or that is in maintenance. */
const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/** A status that does not depend on the request's credentials. */
const isNoAnswer = (statusCode: number): boolean => statusCode >= 500 || statusCode === 429;

interface ProbeOptions {
  readonly dispatcher: OutboundDispatcher;
  readonly tokens: SourceTokens;
  readonly headers: OutboundHeaders;
  readonly config: Pick<HubConfig, 'fallback'>;
}

/**
 * Result of the check of a token. `unknown`: the source does not have the request, so that it cannot be checked. `failed`: it could not be
 * checked now.
 */
export type TokenCheck = 'valid' | 'rejected' | 'unknown' | 'failed';

/** The requests of the connection test: every hub of this kind answers them, and they are unrelated to any repository. */
export class HarmlessProbe {
  constructor(private readonly options: ProbeOptions) {}

  /** A source that denies access is available. Never rejects. */
  async send(source: Source): Promise<ProbeResult> {
    const secrets = withoutAuthorization(this.options.tokens.secretsOf(source)); // a gateway may require them
    try {
      const { statusCode } = await this.request(source, strategyFor(source.type).connectionTest.reach, secrets);
      if (statusCode < 500) return 'available';
      return GATEWAY_STATUSES.has(statusCode) ? 'unreachable' : 'failing';
    } catch (error) {
      return describeError(error).category === 'busy' ? 'available' : 'unreachable'; // this host has too many open sockets
    }
  }

  /** Whether a source accepts its token, or its user and password. Never rejects. */
  async checkCredentials(source: Source): Promise<TokenCheck> {
    const secrets = this.options.tokens.secretsOf(source);
    try {
      return await (secrets.token === undefined
        ? this.checkPassword(source, secrets)
        : this.checkToken(source, secrets));
    } catch {
      return 'failed';
    }
  }

  /** A hub can treat an unknown token like none, so it is asked whose token it is. */
  private async checkToken(source: Source, secrets: SourceSecrets): Promise<TokenCheck> {
    const { statusCode, isJson } = await this.request(source, strategyFor(source.type).connectionTest.token, secrets);
    if (statusCode === 401) return 'rejected';
    if (isNoAnswer(statusCode)) return 'failed';
    return statusCode === 200 && isJson ? 'valid' : 'unknown';
  }

  /** A gateway can also ignore a password. One that refuses requests without it shows that it accepts it. */
  private async checkPassword(source: Source, secrets: SourceSecrets): Promise<TokenCheck> {
    const { reach } = strategyFor(source.type).connectionTest;
    const { statusCode, isJson } = await this.request(source, reach, secrets);
    if (statusCode === 401) return 'rejected';
    if (isNoAnswer(statusCode)) return 'failed';
    if (statusCode !== 200 || !isJson) return 'unknown';
    const { statusCode: without } = await this.request(source, reach, withoutAuthorization(secrets));
    if (isNoAnswer(without)) return 'failed';
    return without === 401 || without === 403 ? 'valid' : 'unknown';
  }

  private async request(
    source: Source,
    { segments, query }: TestRequest,
    secrets: SourceSecrets,
  ): Promise<{ readonly statusCode: number; readonly isJson: boolean }> {
    const { dispatcher, headers, config } = this.options;
    const timeoutMs = timeoutMsOf(source, config);
    const url = new URL(`${source.url}${encodePath(segments)}${encodeQuery(query)}`);
    const reply = await exchange({
      route: dispatcher.forSource(url, 'metadata', secrets.client_certificate),
      url,
      method: 'GET',
      headers: headers.of({}, [], secrets),
      timeoutMs: source.timeoutSeconds === null ? Math.min(timeoutMs, MAX_TIMEOUT_MS) : timeoutMs,
      streams: true,
      signal: new AbortController().signal,
    });
    void reply.body.dump({ limit: MAX_ERROR_BYTES }).catch(() => undefined);
    return { statusCode: reply.statusCode, isJson: /\bjson\b/i.test(String(reply.headers['content-type'])) };
  }
}
