import { EventEmitter } from 'node:events';
import type { Dispatcher } from 'undici';
import { OVERTAKEN, type Failure } from '../../domain/upstream.js';
import { NotAHubAnswer } from './reply.js';

/** Thrown into an exchange that took too long. */
const TIMED_OUT = 'timed out';

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  readonly url: URL;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** Until the answer's headers. */
  readonly timeoutMs: number;
  /** The moment (`performance.now()`) by which all must be over, a body that we read ourselves included; a stream may go on. */
  readonly deadlineAt?: number;
  /** Is the answer's body handed on unread? */
  readonly streams: boolean;
  /** The one who waits: when it aborts, the exchange ends, its body included. */
  readonly signal: AbortSignal;
}

/**
 * One request and its answer's headers, with the body still unread. undici heeds a signal only once the connection stands, so the wait
 * for it is cut short here; what comes later is thrown away.
 *
 * @throws whatever ended it; `describeError` reads it
 */
export function exchange(options: ExchangeOptions): Promise<Dispatcher.ResponseData> {
  const { dispatcher, url, method, headers, body, timeoutMs, deadlineAt = Infinity, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Aborted(signal.reason));
    const cancel = new Cancel();
    let waiting = true;
    const giveUp = (reason: unknown): void => {
      cancel.now(new Aborted(reason));
      if (waiting) reject(new Aborted(reason));
    };
    const left = deadlineAt - performance.now();
    let timer = setTimeout(giveUp, Math.min(timeoutMs, left), TIMED_OUT);
    const onAbort = (): void => giveUp(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      waiting = false;
      clearTimeout(timer);
    };
    dispatcher
      .request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers,
        body,
        signal: cancel,
        reset: false, // undici would close the connection after every HEAD
      })
      .then(
        (data) => {
          settle();
          const endless = deadlineAt === Infinity || (options.streams && data.statusCode < 300);
          if (!endless) timer = setTimeout(giveUp, deadlineAt - performance.now(), TIMED_OUT);
          data.body.on('close', () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', onAbort);
          });
          resolve(data);
        },
        (error: unknown) => {
          settle();
          signal.removeEventListener('abort', onAbort);
          reject(error as Error);
        },
      );
  });
}

/** The signal that undici is given: an emitter costs a fraction of an AbortController, and this is made for every request. */
class Cancel extends EventEmitter {
  aborted = false;
  reason: unknown;

  now(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    this.emit('abort');
  }
}

class Aborted extends Error {
  constructor(readonly reason: unknown) {
    super(`aborted: ${String(reason)}`);
  }
}

const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'ETIMEDOUT',
]);
const STALE_SOCKET_CODES: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** What is thrown for a question that has no URL: the source has nothing to do with it. */
const IMPOSSIBLE: ReadonlySet<string> = new Set(['TypeError', 'URIError']);

/** May the connection have been an idle one that the source closed just then? */
export const isStaleSocket = (error: unknown): boolean =>
  STALE_SOCKET_CODES.has((error as { code?: string }).code ?? '');

/** What ended an exchange, as a value (law 7). */
export function describeError(error: unknown): Failure {
  if (error instanceof Aborted) {
    if (error.reason === TIMED_OUT) return failure('timeout', 'it did not answer in time');
    if (error.reason === OVERTAKEN) return failure('timeout', 'it was silent while a later source could serve');
    return failure('aborted', 'nobody waited for the answer any more');
  }
  const { code = '', name, message } = error as { code?: string; name: string; message: string };
  if (TIMEOUT_CODES.has(code)) return failure('timeout', 'it did not answer in time');
  if (error instanceof NotAHubAnswer) return failure('invalid', message);
  if (IMPOSSIBLE.has(name) || code === 'UND_ERR_INVALID_ARG') return failure('invalid', 'it cannot be asked that');
  if (code === 'ADDRESS_REFUSED') return failure('refused', message);
  return failure('network', code ? `the connection failed (${code})` : 'the connection failed');
}

const failure = (category: Failure['category'], message: string): Failure => ({ kind: 'failure', category, message });
