/** Speed of a transfer. */
export interface Rate {
  readonly bytesPerSecond: number;
  /** Until the end at this speed; undefined if nothing is transferred. */
  readonly secondsLeft: number | undefined;
}

/** The speed is that of the last ten seconds: shorter times jump, longer ones hide a change. */
const WINDOW_MS = 10_000;
/** Before, too little is known. */
const MIN_MS = 1_000;

/** Measures the speed of a transfer from its progress. */
export class TransferRate {
  private samples: { readonly at: number; readonly bytes: number }[] = [];

  /**
   * @param bytes - transferred so far; fewer than before if a part is sent again
   * @param at - in milliseconds
   */
  add(bytes: number, at: number): void {
    if (bytes < (this.samples.at(-1)?.bytes ?? 0)) this.samples = [];
    this.samples.push({ at, bytes });
    while (this.samples.length > 2 && at - this.samples[1]!.at >= WINDOW_MS) this.samples.shift();
  }

  /** @returns undefined in the first second */
  rate(total: number): Rate | undefined {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || last.at - first.at < MIN_MS) return undefined;
    const bytesPerSecond = ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
    return {
      bytesPerSecond,
      secondsLeft: bytesPerSecond > 0 ? Math.ceil((total - last.bytes) / bytesPerSecond) : undefined,
    };
  }
}
