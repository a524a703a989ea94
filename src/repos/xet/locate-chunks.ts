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
 * @param runs - by their first chunk
 * @param plainAt - offset of each chunk in the decompressed content of the whole xorb
 */
export function locateChunks(
  runs: readonly ChunkRun[],
  plainAt: readonly number[],
  { first, end }: { readonly first: number; readonly end: number },
): FileRange[] | undefined {
  const ranges: FileRange[] = [];
  let next = 0;
  let longest: ChunkRun | undefined;
  for (let index = first; index < end;) {
    for (; next < runs.length && runs[next]!.first <= index; next++)
      if (!longest || runs[next]!.end > longest.end) longest = runs[next];
    if (!longest || longest.end <= index) return undefined;
    const rangeEnd = Math.min(longest.end, end);
    const offset = longest.offset + plainAt[index]! - plainAt[longest.first]!;
    ranges.push({ sha256: longest.sha256, offset, size: plainAt[rangeEnd]! - plainAt[index]! });
    index = rangeEnd;
  }
  return ranges;
}
