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

/** A run, and the one that extends furthest among this and all that begin earlier. */
interface SortedRun {
  readonly first: number;
  readonly longest: ChunkRun;
}

/** A xorb can have a run for each of 65,536 chunks, so each list is sorted once. */
const sortedRuns = new WeakMap<readonly ChunkRun[], readonly SortedRun[]>();

/** The run that contains a chunk and extends furthest beyond it. The list of runs must not change. */
export function longestRun(runs: readonly ChunkRun[], index: number): ChunkRun | undefined {
  const sorted = sortedRuns.get(runs) ?? sortRuns(runs);
  let [from, to] = [0, sorted.length]; // the number of runs that begin at the chunk or before is between these
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]!.first <= index) from = middle + 1;
    else to = middle;
  }
  const longest = sorted[from - 1]?.longest;
  return longest && longest.end > index ? longest : undefined;
}

function sortRuns(runs: readonly ChunkRun[]): readonly SortedRun[] {
  let longest = runs[0]!;
  const sorted = [...runs]
    .sort((a, b) => a.first - b.first)
    .map((run, n): SortedRun => {
      if (n === 0 || run.end > longest.end) longest = run;
      return { first: run.first, longest };
    });
  sortedRuns.set(runs, sorted);
  return sorted;
}
