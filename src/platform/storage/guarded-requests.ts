import { isServerFailure } from './s3-error.js';
import { storeUnavailable, type StoreBreaker } from './store-breaker.js';

/** Bodies up to this size are sent at once. Larger ones may take longer, at this rate. */
const SMALL_BODY_BYTES = 1024 * 1024;
const MIN_BYTES_PER_MS = 256;

interface Attempt {
  readonly body?: unknown;
}

interface AttemptOptions {
  /** The type is the SDK's own, which is an `AbortSignal` of Node.js here. */
  readonly abortSignal?: unknown;
  readonly requestTimeout?: number;
}

interface Answer {
  readonly response: { readonly statusCode: number };
}

/** The caller has not aborted the request, so the connection was given up because the store failed. */
const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** Sends an attempt of a request of the SDK. */
export type SendAttempt = (request: Attempt, options?: AttemptOptions) => Promise<Answer>;

/**
 * Sends the requests of the SDK, each attempt by itself, unless the store is known to be down. An attempt that gets no answer within half of
 * its time causes a test of the store. It fails as soon as the store turns out to be down, and at the end of its time.
 */
export class GuardedRequests {
  /** @param timeoutMs - time until the response begins */
  constructor(
    private readonly inner: SendAttempt,
    private readonly breaker: StoreBreaker,
    private readonly timeoutMs: number,
  ) {}

  /** @throws HubError `StorageUnavailable`, which the SDK does not retry */
  async send(request: Attempt, options: AttemptOptions = {}): Promise<Answer> {
    this.breaker.admit();
    const abort = new AbortController();
    const caller = options.abortSignal as AbortSignal | undefined;
    const forward = (): void => abort.abort();
    if (caller?.aborted) forward();
    caller?.addEventListener('abort', forward, { once: true });
    const requestTimeout = options.requestTimeout ?? this.timeoutOf(request);
    try {
      const sent = this.inner(request, { ...options, requestTimeout, abortSignal: abort.signal });
      const answer = await this.whileAvailable(sent);
      this.record(answer.response.statusCode);
      return answer;
    } catch (error) {
      abort.abort();
      if (caller?.aborted) throw error;
      throw this.recordFailure(error);
    }
  }

  private async whileAvailable(sent: Promise<Answer>): Promise<Answer> {
    const suspicion = setInterval(() => this.breaker.suspect(), this.timeoutMs / 2);
    let stop = (): void => undefined;
    try {
      const away = new Promise<never>((_, reject) => (stop = this.breaker.onAway(reject)));
      return await Promise.race([sent, away]);
    } finally {
      clearInterval(suspicion);
      stop();
      sent.catch(() => undefined); // the attempt that is given up
    }
  }

  private timeoutOf({ body }: Attempt): number {
    const bytes = (body as { readonly byteLength?: number } | undefined)?.byteLength ?? 0;
    return this.timeoutMs + (bytes > SMALL_BODY_BYTES ? bytes / MIN_BYTES_PER_MS : 0);
  }

  private record(status: number): void {
    if (status >= 500) this.breaker.recordFailure();
    else if (status === 401 || status === 403) this.breaker.suspect();
    else this.breaker.recordAnswer();
  }

  private recordFailure(error: unknown): unknown {
    if (isServerFailure(error)) {
      this.breaker.recordFailure(); // a proxy in front of the store responded
      return error;
    }
    if (!(error instanceof Error) || error.name !== 'TimeoutError') {
      this.breaker.suspect();
      return isAbort(error) ? storeUnavailable(error) : error;
    }
    this.breaker.recordSilence();
    return storeUnavailable(error.message); // the SDK would retry if the cause were a timeout
  }
}
