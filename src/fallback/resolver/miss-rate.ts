/** Weight of the newest search. */
const WEIGHT = 0.2;
/** Older searches count half. */
const HALF_LIFE_MS = 10 * 60_000;

/** The share of recent searches in which a source did not have what was searched; 0 while nothing is known. */
export class MissRate {
  private value = 0;
  private updatedAt = 0;

  /** @param now - a clock in milliseconds */
  constructor(private readonly now: () => number) {}

  record(isMiss: boolean): void {
    this.value = this.current * (1 - WEIGHT) + (isMiss ? WEIGHT : 0);
    this.updatedAt = this.now();
  }

  /** 0 to 1. Four misses in a row are needed for more than a half. */
  get current(): number {
    return this.value * 0.5 ** ((this.now() - this.updatedAt) / HALF_LIFE_MS);
  }
}
