import type { PrefetchProgress } from './prefetch-job.store.js';

/** A file that is being cached. */
export interface FileProgress {
  add(bytes: number): void;
  end(): void;
}

/** The progress of a run in this process. */
export class RunProgress implements PrefetchProgress {
  lastProblem: string | undefined;
  private readonly current = new Set<{ readonly path: string; bytes: number }>();

  get bytes(): number {
    return [...this.current].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get files(): string[] {
    return [...this.current].map(({ path }) => path);
  }

  begin(path: string): FileProgress {
    const entry = { path, bytes: 0 };
    this.current.add(entry);
    return {
      add: (bytes) => void (entry.bytes += bytes),
      end: () => void this.current.delete(entry),
    };
  }
}
