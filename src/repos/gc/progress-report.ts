import type { CollectionProgress } from './collection.entity.js';

/** Called with the progress of a collection: at each step, after each page of contents, and after each deletion. */
export type OnProgress = (progress: CollectionProgress) => void;

export const NO_PROGRESS: CollectionProgress = {
  step: 'uploads',
  examined: 0,
  total: 0,
  unreferenced: 0,
  deleted: 0,
  freedBytes: 0,
};

/** Adds up the progress of a collection. */
export class ProgressReport {
  now = NO_PROGRESS;

  constructor(private readonly onProgress: OnProgress) {}

  /** Begins a step, or adds to the numbers. */
  add({ step = this.now.step, ...added }: Partial<CollectionProgress>): void {
    const sum = (field: keyof typeof added): number => this.now[field] + (added[field] ?? 0);
    this.now = {
      step,
      examined: sum('examined'),
      total: sum('total'),
      unreferenced: sum('unreferenced'),
      deleted: sum('deleted'),
      freedBytes: sum('freedBytes'),
    };
    this.onProgress(this.now);
  }
}
