import { readFileSync } from 'node:fs';

/** CPU time of the main thread in milliseconds, which other programs on the machine do not change. Linux only; elsewhere the wall time. */
function mainThreadTime(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** Measures how long the event loop is blocked at most. */
export class BlockMeter {
  private longest = 0;
  private last = mainThreadTime();
  private readonly timer = setInterval(() => this.tick(), 1).unref();

  /** The longest time without a turn of the event loop since the last call, in milliseconds. */
  async read(): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 2));
    const { longest } = this;
    this.longest = 0;
    return longest;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const now = mainThreadTime();
    this.longest = Math.max(this.longest, now - this.last);
    this.last = now;
  }
}
