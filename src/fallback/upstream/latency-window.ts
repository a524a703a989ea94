const MAX_SAMPLES = 256;
/** Older latencies are no longer typical of the source. */
const MAX_AGE_MS = 10 * 60_000;
/** With fewer samples, the 95th percentile is not meaningful. */
const MIN_SAMPLES = 8;

interface Sample {
  readonly ms: number;
  readonly at: number;
}

/** The latencies of a source's recent answers. */
export class LatencyWindow {
  private readonly samples: Sample[] = [];
  private count = 0;

  /** @param now - a clock in milliseconds */
  constructor(private readonly now: () => number) {}

  record(ms: number): void {
    this.samples[this.count++ % MAX_SAMPLES] = { ms, at: this.now() };
  }

  /** A percentile (0 to 1) of the recent latencies in milliseconds; `null` without any. */
  percentile(rank: number): number | null {
    const sorted = this.recent();
    return sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? null;
  }

  /** The 95th percentile; `undefined` if there are too few recent answers. With less than 20 it is the highest. */
  get expectedMaximum(): number | undefined {
    return this.recent().length < MIN_SAMPLES ? undefined : this.percentile(0.95)!;
  }

  private recent(): number[] {
    const oldest = this.now() - MAX_AGE_MS;
    return this.samples
      .filter(({ at }) => at >= oldest)
      .map(({ ms }) => ms)
      .sort((a, b) => a - b);
  }
}
