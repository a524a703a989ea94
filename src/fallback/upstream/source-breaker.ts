import type { FailureScope } from './failure-scope.js';

/** State of a source's circuit breaker. Half-open: the harmless probe tests whether the source is available again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * The result of the harmless probe: `failing` if the source responds to it with an error, such as HTTP 500, and `unreachable` if there is no
 * response, or one of a gateway that cannot reach the source.
 */
export type ProbeResult = 'available' | 'failing' | 'unreachable';

/** Failures in a row, without a reply in between, that open the breaker. */
const FAILURES_TO_OPEN = 5;
/** A failing repository does not open the breaker. The failures must be of at least this many. */
const REPOSITORIES_TO_OPEN = 3;
/** How long the breaker stays open, and how long a successful probe is trusted. */
const OPEN_MS = 15_000;
/** Failures further apart than this are not related. */
const FORGET_MS = 60_000;

/** Counts failures in a row and the repositories that they are of. */
class FailureCount {
  private count = 0;
  private readonly repositories = new Set<string>();

  add(repository: string): void {
    this.count++;
    if (this.repositories.size < REPOSITORIES_TO_OPEN) this.repositories.add(repository);
  }

  get isReached(): boolean {
    return this.count >= FAILURES_TO_OPEN;
  }

  get isWidespread(): boolean {
    return this.isReached && this.repositories.size >= REPOSITORIES_TO_OPEN;
  }

  reset(): void {
    this.count = 0;
    this.repositories.clear();
  }
}

/**
 * The circuit breaker of a source, which only failures of the whole source open (invariant 11): if it cannot be reached, or if requests for
 * several repositories failed and the harmless probe fails, too. An open breaker closes if the probe reaches the source.
 */
export class SourceBreaker {
  private openUntil: number | undefined;
  private check: Promise<void> | undefined;
  /** Changes when the breaker is reset, so that the result of an older probe is discarded. */
  private generation = 0;
  private trustedUntil = 0;
  private lastFailureAt = 0;
  private readonly unreachable = new FailureCount();
  private readonly all = new FailureCount();

  /**
   * @param now - a clock in milliseconds
   * @param probe - sends the harmless probe
   */
  constructor(
    private readonly now: () => number,
    private readonly probe: () => Promise<ProbeResult>,
  ) {}

  get state(): BreakerState {
    if (this.openUntil === undefined) return 'closed';
    return this.check ? 'half-open' : 'open';
  }

  /** When the source is tried again; `undefined` while the breaker is closed. */
  get retryAt(): number | undefined {
    return this.openUntil;
  }

  /**
   * Whether requests may be sent. Once the source may be tried again, this waits for the result of the probe, or until the signal aborts.
   */
  async admits(signal: AbortSignal): Promise<boolean> {
    if (this.openUntil === undefined) return true;
    if (this.now() < this.openUntil) return false;
    await Promise.race([this.runProbe(), aborted(signal)]);
    return this.openUntil === undefined;
  }

  /** Records that the source answered. */
  recordAnswer(): void {
    for (const count of [this.unreachable, this.all]) count.reset();
  }

  recordFailure(scope: FailureScope, repository: string): void {
    if (this.now() - this.lastFailureAt > FORGET_MS) this.recordAnswer();
    this.lastFailureAt = this.now();
    if (scope === 'source') this.unreachable.add(repository);
    this.all.add(repository);
    if (this.openUntil !== undefined) return;
    if (this.unreachable.isReached) this.open();
    else if (this.all.isWidespread && this.now() >= this.trustedUntil) void this.runProbe();
  }

  /** Closes the breaker and resets the counts of failures. */
  reset(): void {
    this.generation++;
    this.check = undefined;
    this.trustedUntil = 0;
    this.close();
  }

  private open(): void {
    this.openUntil = this.now() + OPEN_MS;
  }

  private close(): void {
    this.openUntil = undefined;
    this.recordAnswer();
  }

  /** Requests share the probe that is being sent. */
  private runProbe(): Promise<void> {
    return (this.check ??= this.applyProbe());
  }

  private async applyProbe(): Promise<void> {
    const { generation } = this;
    const wasOpen = this.openUntil !== undefined;
    const result = await this.probe();
    if (generation !== this.generation) return;
    this.check = undefined;
    // Otherwise, a source with a broken path for the probe would never be used again after it was unreachable once.
    const isUsable = result === 'available' || (result === 'failing' && wasOpen);
    if (!isUsable) return this.open();
    this.trustedUntil = this.now() + OPEN_MS;
    this.close();
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
