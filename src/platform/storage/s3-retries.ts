/** Delays before the first repetition, in milliseconds. They double with each. */
const DELAY_MS = 100;
const THROTTLED_DELAY_MS = 500;

/** An attempt of a request, as the SDK expects it. */
interface Attempt {
  getRetryCount(): number;
  getRetryDelay(): number;
}

const attempt = (count: number, delay: number): Attempt => ({
  getRetryCount: () => count,
  getRetryDelay: () => delay,
});

/**
 * Repeats requests that failed for a passing reason, after a random delay. Unlike the strategy of the SDK, it does not stop to repeat them when
 * many have failed: if a fifth of the requests of a busy hub fails, clients would soon notice each. `StoreBreaker` protects a store that is
 * down.
 */
export class S3Retries {
  constructor(private readonly maxAttempts: number) {}

  acquireInitialRetryToken(): Promise<Attempt> {
    return Promise.resolve(attempt(0, 0));
  }

  /** Rejects if the request must not be repeated; the SDK then throws the error of the request. */
  refreshRetryTokenForRetry(last: Attempt, { errorType }: { readonly errorType: string }): Promise<Attempt> {
    const count = last.getRetryCount() + 1;
    const isPassing = errorType === 'THROTTLING' || errorType === 'TRANSIENT';
    if (!isPassing || count >= this.maxAttempts) return Promise.reject(new Error('The request is not repeated'));
    const base = errorType === 'THROTTLING' ? THROTTLED_DELAY_MS : DELAY_MS;
    return Promise.resolve(attempt(count, Math.random() * base * 2 ** (count - 1)));
  }

  recordSuccess(): void {}
}
