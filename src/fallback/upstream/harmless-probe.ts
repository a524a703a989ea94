import type { Source } from '../../domain/source.js';
import { encodePath, encodeQuery } from '../../domain/encode-path.js';
import { strategyFor } from '../strategies/strategies.js';
import { exchange } from './exchange.js';
import type { OutboundDispatcher } from './outbound-dispatcher.js';
import type { OutboundHeaders } from './outbound-headers.js';
import { MAX_ERROR_BYTES } from './read-body.js';
import { withoutAuthorization } from './source-credentials.js';
import type { SourceTokens } from './source-tokens.js';

/** Requests wait for the probe, so it is shorter than other requests. */
const MAX_TIMEOUT_MS = 3_000;

interface ProbeOptions {
  readonly dispatcher: OutboundDispatcher;
  readonly tokens: SourceTokens;
  readonly headers: OutboundHeaders;
  readonly timeoutMs: number;
}

/** The harmless probe: a request that every hub of this kind answers, unrelated to any repository. It is the one of the connection test. */
export class HarmlessProbe {
  constructor(private readonly options: ProbeOptions) {}

  /** Whether the source answers, even if it denies access. Never rejects. */
  async send(source: Source): Promise<boolean> {
    const { dispatcher, tokens, headers, timeoutMs } = this.options;
    const secrets = withoutAuthorization(tokens.secretsOf(source)); // a gateway may require them
    const { segments, query } = strategyFor(source.type).connectionTest.reach;
    try {
      const url = new URL(`${source.url}${encodePath(segments)}${encodeQuery(query)}`);
      const { statusCode, body } = await exchange({
        route: dispatcher.forSource(url, 'metadata', secrets.client_certificate),
        url,
        method: 'GET',
        headers: headers.of({}, [], secrets),
        timeoutMs: Math.min(timeoutMs, MAX_TIMEOUT_MS),
        streams: true,
        signal: new AbortController().signal,
      });
      void body.dump({ limit: MAX_ERROR_BYTES }).catch(() => undefined);
      return statusCode < 500;
    } catch {
      return false;
    }
  }
}
