/** Chunks of a xorb whose contents lie, one after the other, in a large file. */
export interface ChunkRun {
  /** Index of the first chunk. */
  readonly first: number;
  /** Index behind the last chunk. */
  readonly end: number;
  /** The large file. */
  readonly sha256: string;
  /** Where in the file the first chunk begins. */
  readonly offset: number;
}

/** Bytes of a large file. */
export interface Place {
  readonly sha256: string;
  readonly offset: number;
  readonly size: number;
}

/**
 * Where the contents of the chunks `first` up to `end` lie by now; undefined when some of them lie nowhere.
 * @param plainAt where each chunk begins in the contents of the whole xorb
 */
export function placesOf(
  runs: readonly ChunkRun[],
  plainAt: readonly number[],
  { first, end }: { readonly first: number; readonly end: number },
): Place[] | undefined {
  const places: Place[] = [];
  for (let at = first; at < end;) {
    const run = furthest(runs, at);
    if (!run) return undefined;
    const until = Math.min(run.end, end);
    const offset = run.offset + plainAt[at]! - plainAt[run.first]!;
    places.push({ sha256: run.sha256, offset, size: plainAt[until]! - plainAt[at]! });
    at = until;
  }
  return places;
}

const furthest = (runs: readonly ChunkRun[], at: number): ChunkRun | undefined => {
  let best: ChunkRun | undefined;
  for (const run of runs) if (run.first <= at && at < run.end && run.end > (best?.end ?? 0)) best = run;
  return best;
};
