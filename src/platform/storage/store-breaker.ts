import { Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';

/** How often a store that is down is tested. */
const RETEST_MS = 1000;
/** A test that succeeds is trusted for this long, so that failing requests do not cause a test each. */
const TRUST_MS = 1000;
/** Requests in a row without an answer that count as an outage even if tests succeed: reads of data may hang while the index responds. */
const SILENT_REQUESTS = 3;
/** Failed requests in a row that cause a test. */
const FAILED_REQUESTS = 3;
/** For `Retry-After`. */
export const STORE_RETRY_SECONDS = 5;

const UNAVAILABLE = 'Storage is temporarily unavailable. Try again later.';

/** The error of a request that needs the store while it is down. */
export const storeUnavailable = (cause?: unknown): HubError =>
  new HubError('StorageUnavailable', UNAVAILABLE, { retryAfter: STORE_RETRY_SECONDS, cause });

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

/** How a breaker tests its store. */
export interface StoreTest {
  /** Resolves if the store is available. The signal aborts after `timeoutMs`. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** The reason for a failed probe, in words and without addresses. */
  readonly describe: (error: unknown) => string;
  readonly timeoutMs: number;
  /** Monotonic clock in milliseconds. */
  readonly now?: () => number;
}

/**
 * The circuit breaker of a store. It opens when a request failed and the test fails, too; then no request is sent, and waiting requests fail.
 * While it is open, the store is tested every second, and a successful test closes it.
 */
export class StoreBreaker {
  private readonly log = new Logger('Storage');
  private readonly waiting = new Set<(error: HubError) => void>();
  private reason: string | undefined;
  private running: Promise<unknown> | undefined;
  private retest: NodeJS.Timeout | undefined;
  private trustedUntil = -Infinity;
  private silent = 0;
  private failures = 0;

  constructor(private readonly test: StoreTest) {}

  /** The reason why the store is known to be down, without a full stop. `undefined` if it is used. */
  get problem(): string | undefined {
    return this.reason;
  }

  /** @throws HubError `StorageUnavailable` while the store is known to be down */
  admit(): void {
    if (this.reason !== undefined) throw storeUnavailable(this.reason);
  }

  /**
   * Calls `fail` when the store turns out to be down.
   * @returns a function that ends this
   */
  onAway(fail: (error: HubError) => void): () => void {
    this.waiting.add(fail);
    return () => this.waiting.delete(fail);
  }

  recordAnswer(): void {
    this.silent = 0;
    this.failures = 0;
  }

  /** Records an answer that reports a failure of the store. A few may be overcome by repeating the request. */
  recordFailure(): void {
    this.silent = 0;
    this.failures++;
    if (this.failures >= FAILED_REQUESTS) this.suspect();
  }

  /** Records a request that got no answer in time. */
  recordSilence(): void {
    this.silent++;
    this.log.warn('The storage did not respond to a request in time.');
    if (this.silent >= SILENT_REQUESTS) this.open('The storage does not respond to requests');
    else this.suspect();
  }

  /** Tests the store in the background, because a request failed or waits for long. */
  suspect(): void {
    if (this.reason === undefined && this.now() >= this.trustedUntil) void this.run();
  }

  /**
   * Tests the store for a health check. A store that is slow once is not away.
   * @throws the reason why the store is not available
   */
  async check(): Promise<void> {
    this.admit();
    try {
      await this.runProbe();
    } catch (error) {
      if (isTimeout(error)) void this.run();
      else this.open(this.test.describe(error));
      throw error;
    }
  }

  private now(): number {
    return (this.test.now ?? (() => performance.now()))();
  }

  /** Requests share a running test. */
  private run(): Promise<unknown> {
    return (this.running ??= this.apply().finally(() => (this.running = undefined)));
  }

  private async apply(): Promise<void> {
    try {
      await this.runProbe();
      this.trustedUntil = this.now() + TRUST_MS;
      this.close();
    } catch (error) {
      this.open(this.test.describe(error));
    }
  }

  private async runProbe(): Promise<void> {
    const timeout = AbortSignal.timeout(this.test.timeoutMs);
    const expired = new Promise<never>((_, reject) => {
      timeout.onabort = () => reject(Object.assign(new Error('The probe timed out'), { name: 'TimeoutError' }));
    });
    await Promise.race([expired, this.test.probe(timeout)]);
  }

  private open(reason: string): void {
    if (reason !== this.reason)
      this.log.warn(`${reason}. Requests that need the storage are refused until it is available.`);
    this.reason = reason;
    for (const fail of [...this.waiting]) fail(storeUnavailable(reason));
    clearTimeout(this.retest);
    this.retest = setTimeout(() => void this.run(), RETEST_MS).unref();
  }

  private close(): void {
    if (this.reason === undefined) return;
    this.reason = undefined;
    this.silent = Math.min(this.silent, SILENT_REQUESTS - 1); // if requests still get no answer, the next one is enough
    this.log.log('The storage is available again.');
  }
}
