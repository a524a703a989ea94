import { createHash } from 'node:crypto';
import type { ChunkRun } from './locate-chunks.js';
import { longestRun } from './locate-chunks.js';

/** Bytes of a size in `StoredPart.sizes`. */
export const SIZE_BYTES = 3;
/** The largest chunks that hf_xet accepts in downloads (`MAX_CHUNK_SIZE` of xet-core 1.6.0). */
const MAX_CHUNK_BYTES = 128 * 1024;
/** The smallest chunks of clients, except for the last one of a file. Smaller ones would make downloads slow. */
const MIN_AVERAGE_CHUNK_BYTES = 8 * 1024;

/** Consecutive chunks of a file, as they are stored. */
export interface StoredPart {
  /** Offset of the first chunk in the file. */
  readonly offset: number;
  /** Sum of the sizes. */
  readonly bytes: number;
  /** Id of the xorb in downloads. */
  readonly xorb: string;
  /** Index of the first chunk in this xorb. */
  readonly first: number;
  /** The sizes of the chunks, three bytes each. */
  readonly sizes: Buffer;
}

/** Chunks of an uploaded xorb that are a part of a file, and where their contents are stored. */
export interface UsedTerm {
  readonly first: number;
  readonly end: number;
  /** Offset in the file. */
  readonly offset: number;
  /** Offset of each chunk in the decompressed content of the uploaded xorb. */
  readonly plainAt: readonly number[];
  readonly runs: readonly ChunkRun[];
}

/**
 * The parts of a file in downloads. The contents of chunks are part of verified files (`runs`), and their xorb is named after these: by the hash
 * and offset of the content and the sizes of its chunks. So files with the same chunks have the same xorbs, and an uploader, who
 * chooses the hashes of uploaded xorbs, cannot make clients mistake one content for another. They are determined in steps.
 *
 * @param idOf - the id of the xorb with a content
 * @returns `undefined` if the chunks are not suitable for downloads, or not all of them are stored
 */
export function* partsOf(
  terms: Iterable<UsedTerm>,
  idOf: (...content: readonly (string | number)[]) => string,
): Generator<void, StoredPart[] | undefined> {
  const digests = new Map<ChunkRun, string | undefined>();
  const parts: StoredPart[] = [];
  let [chunks, bytes] = [0, 0];
  for (const { first, end, offset, plainAt, runs } of terms) {
    for (let index = first; index < end;) {
      const run = longestRun(runs, index);
      if (!run) return undefined;
      const partEnd = Math.min(run.end, end);
      const sizes = sizesOf(plainAt, index, partEnd);
      if (!digests.has(run)) digests.set(run, sizesDigest(sizesOf(plainAt, run.first, run.end)));
      const digest = digests.get(run);
      if (!sizes || digest === undefined) return undefined;
      const partBytes = plainAt[partEnd]! - plainAt[index]!;
      const xorb = idOf('run', run.sha256, run.offset, digest);
      parts.push({
        offset: offset + plainAt[index]! - plainAt[first]!,
        bytes: partBytes,
        xorb,
        first: index - run.first,
        sizes,
      });
      chunks += partEnd - index;
      bytes += partBytes;
      index = partEnd;
      yield;
    }
  }
  return (chunks - 1) * MIN_AVERAGE_CHUNK_BYTES > bytes ? undefined : parts;
}

const sizesDigest = (sizes: Buffer | undefined): string | undefined =>
  sizes && createHash('sha256').update(sizes).digest('hex');

function sizesOf(plainAt: readonly number[], first: number, end: number): Buffer | undefined {
  const sizes = Buffer.alloc((end - first) * SIZE_BYTES);
  for (let index = first; index < end; index++) {
    const size = plainAt[index + 1]! - plainAt[index]!;
    if (size > MAX_CHUNK_BYTES) return undefined;
    sizes.writeUIntLE(size, (index - first) * SIZE_BYTES, SIZE_BYTES);
  }
  return sizes;
}
