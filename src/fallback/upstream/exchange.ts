import { EventEmitter } from 'node:events';
import type { Dispatcher } from 'undici';
import type { ForwardProxy } from '../../platform/config/hub-config.js';
import { Aborted, TIMED_OUT } from './exchange-errors.js';
import { proxyRefusal } from './proxy-error.js';

/** How requests reach an origin. */
export interface OutboundRoute {
  readonly dispatcher: Dispatcher;
  /** The forward proxy that receives the requests in absolute form. A proxy that only provides a tunnel is part of the dispatcher. */
  readonly proxy?: ForwardProxy;
}

export interface ExchangeOptions {
  readonly route: OutboundRoute;
  readonly url: URL;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** Timeout for the response headers. */
  readonly timeoutMs: number;
  /** Deadline for the response (`performance.now()`), including a body that is read here. A streamed body may continue after it. */
  readonly deadlineAt?: number;
  /** Whether the body is streamed to the caller. */
  readonly streams: boolean;
  /** Ends the exchange, including its body. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request and returns the response with its body unread. undici handles a signal only once the connection is established, so the
 * promise is rejected here at once; a later response is discarded.
 *
 * @throws the error that ended the exchange, for `describeError`
 */
export function exchange(options: ExchangeOptions): Promise<Dispatcher.ResponseData> {
  const { route, method, body, timeoutMs, deadlineAt = Infinity, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Aborted(signal.reason));
    const limits = new ExchangeLimits(signal, reject);
    limits.abortAfter(Math.min(timeoutMs, deadlineAt - performance.now()));
    route.dispatcher
      .request({
        ...targetOf(options),
        method,
        body,
        signal: limits.cancelSignal,
        reset: false, // undici would close the connection after every HEAD
      })
      .then(
        (data) => {
          limits.stopTimer();
          if (route.proxy && data.statusCode === 407) {
            limits.release();
            data.body.on('error', () => undefined).destroy();
            return reject(proxyRefusal(route.proxy, data.statusCode));
          }
          const isUnlimited = deadlineAt === Infinity || (options.streams && data.statusCode < 300);
          if (!isUnlimited) limits.abortAfter(deadlineAt - performance.now());
          data.body.on('close', () => limits.release());
          resolve(data);
        },
        (error: unknown) => {
          limits.release();
          reject(error as Error);
        },
      );
  });
}

/** The target of the request line, which is the whole URL for a forward proxy, with the headers. */
function targetOf({ route: { proxy }, url, headers }: ExchangeOptions) {
  const path = url.pathname + url.search;
  if (!proxy) return { origin: url.origin, path, headers };
  const { authorization } = proxy;
  return {
    origin: proxy.url,
    path: url.origin + path,
    headers: {
      ...headers,
      host: url.host,
      ...(authorization !== undefined && { 'proxy-authorization': authorization }),
    },
  };
}

/** Aborts an exchange when its signal is aborted or its time is over. */
class ExchangeLimits {
  readonly cancelSignal = new CancelSignal();
  private timer: NodeJS.Timeout | undefined;

  /** @param reject - has no effect once the exchange has a response */
  constructor(
    private readonly signal: AbortSignal,
    private readonly reject: (error: Error) => void,
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  abortAfter(ms: number): void {
    this.timer = setTimeout((reason: string) => this.abort(reason), ms, TIMED_OUT);
  }

  stopTimer(): void {
    clearTimeout(this.timer);
  }

  release(): void {
    this.stopTimer();
    this.signal.removeEventListener('abort', this.onAbort);
  }

  private readonly onAbort = (): void => this.abort(this.signal.reason);

  private abort(reason: unknown): void {
    this.cancelSignal.cancel(new Aborted(reason));
    this.reject(new Aborted(reason));
  }
}

/** Replaces an AbortController, which undici also accepts: one is created for every request, and an emitter is much cheaper. */
class CancelSignal extends EventEmitter {
  aborted = false;
  reason: unknown;

  cancel(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    this.emit('abort');
  }
}
