import type { Fleet } from './fleet.js';

/** A hub that is one process: there is nobody to tell, and nothing can be missed. */
export class LocalFleet implements Fleet {
  readonly inTouch = true;
  readonly period = 0;

  credible(ms: number): number {
    return ms;
  }

  on(): void {
    // nobody else tells anything
  }

  onGap(): void {
    // there is none
  }

  tell(): Promise<void> {
    return Promise.resolve();
  }
}
