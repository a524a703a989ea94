/** A run of consecutive chunks of a xorb whose contents are a part of a large file. */
export interface ChunkRun {
  /** Index of the first chunk. */
  readonly first: number;
  /** Index after the last chunk. */
  readonly end: number;
  /** Hash of the large file. */
  readonly sha256: string;
  /** Offset of the first chunk in the file, in bytes. */
  readonly offset: number;
}

/** A byte range of a large file. */
export interface FileRange {
  readonly sha256: string;
  readonly offset: number;
  readonly size: number;
}

/**
 * The ranges of large files that contain the chunks from `first` up to, but not including, `end`. `undefined` if any chunk is in no file.
 *
 * @param plainAt - offset of each chunk in the decompressed content of the whole xorb
 */
export function locateChunks(
  runs: readonly ChunkRun[],
  plainAt: readonly number[],
  { first, end }: { readonly first: number; readonly end: number },
): FileRange[] | undefined {
  const ranges: FileRange[] = [];
  for (let index = first; index < end;) {
    const run = longestRun(runs, index);
    if (!run) return undefined;
    const rangeEnd = Math.min(run.end, end);
    const offset = run.offset + plainAt[index]! - plainAt[run.first]!;
    ranges.push({ sha256: run.sha256, offset, size: plainAt[rangeEnd]! - plainAt[index]! });
    index = rangeEnd;
  }
  return ranges;
}

/** The run that contains a chunk and extends furthest beyond it. */
export const longestRun = (runs: readonly ChunkRun[], index: number): ChunkRun | undefined => {
  let longest: ChunkRun | undefined;
  for (const run of runs) if (run.first <= index && index < run.end && run.end > (longest?.end ?? 0)) longest = run;
  return longest;
};
