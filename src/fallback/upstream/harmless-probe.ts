import type { Source } from '../../domain/source.js';
import { encodePath, encodeQuery } from '../../domain/encode-path.js';
import { strategyFor } from '../strategies/strategies.js';
import { exchange } from './exchange.js';
import type { OutboundDispatcher } from './outbound-dispatcher.js';
import type { OutboundHeaders } from './outbound-headers.js';
import { MAX_ERROR_BYTES } from './read-body.js';

/** Requests wait for the probe, so it is shorter than other requests. */
const MAX_TIMEOUT_MS = 3_000;

/** The harmless probe: a request that every hub of this kind answers, unrelated to any repository. It is the one of the connection test. */
export class HarmlessProbe {
  constructor(
    private readonly dispatcher: OutboundDispatcher,
    private readonly headers: OutboundHeaders,
    private readonly timeoutMs: number,
  ) {}

  /** Whether the source answers, even if it denies access. Never rejects. */
  async send(source: Source): Promise<boolean> {
    const { segments, query } = strategyFor(source.type).connectionTest.reach;
    try {
      const url = new URL(`${source.url}${encodePath(segments)}${encodeQuery(query)}`);
      const { statusCode, body } = await exchange({
        route: this.dispatcher.forSource(url, 'metadata'),
        url,
        method: 'GET',
        headers: this.headers.of({}, [], undefined),
        timeoutMs: Math.min(this.timeoutMs, MAX_TIMEOUT_MS),
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
