import type { Source } from '../../domain/source.js';
import { encodePath, encodeQuery } from '../../domain/encode-path.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
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

interface ProbeOptions {
  readonly dispatcher: OutboundDispatcher;
  readonly tokens: SourceTokens;
  readonly headers: OutboundHeaders;
  readonly config: Pick<HubConfig, 'fallback'>;
}

/** The harmless probe: a request that every hub of this kind answers, unrelated to any repository. It is the one of the connection test. */
export class HarmlessProbe {
  constructor(private readonly options: ProbeOptions) {}

  /** A source that denies access is available. Never rejects. */
  async send(source: Source): Promise<ProbeResult> {
    const { dispatcher, tokens, headers, config } = this.options;
    const timeoutMs = timeoutMsOf(source, config);
    const secrets = withoutAuthorization(tokens.secretsOf(source)); // a gateway may require them
    const { segments, query } = strategyFor(source.type).connectionTest.reach;
    try {
      const url = new URL(`${source.url}${encodePath(segments)}${encodeQuery(query)}`);
      const { statusCode, body } = await exchange({
        route: dispatcher.forSource(url, 'metadata', secrets.client_certificate),
        url,
        method: 'GET',
        headers: headers.of({}, [], secrets),
        timeoutMs: source.timeoutSeconds === null ? Math.min(timeoutMs, MAX_TIMEOUT_MS) : timeoutMs,
        streams: true,
        signal: new AbortController().signal,
      });
      void body.dump({ limit: MAX_ERROR_BYTES }).catch(() => undefined);
      if (statusCode < 500) return 'available';
      return GATEWAY_STATUSES.has(statusCode) ? 'unreachable' : 'failing';
    } catch (error) {
      return describeError(error).category === 'busy' ? 'available' : 'unreachable'; // this host has too many open sockets
    }
  }
}
