import { STEP_LENGTH, type ShardFile, type ShardTerm } from './format/shard.js';

/** A run of consecutive chunks of a xorb that files use. */
export interface UsedChunks {
  readonly xorb: string;
  readonly first: number;
  /** Index after the last chunk. */
  readonly end: number;
}

/** Xorbs per batch. */
const MAX_XORBS = 200;
/** A batch with more runs is complete. A xorb has at most 32,768 runs, since it has at most 65,536 chunks. */
const MAX_RUNS = 5_000;

/**
 * The chunks that files use, calculated in steps, in batches that each have all chunks of their xorbs. Adjacent chunks are merged.
 */
export function* usedChunks(files: Iterable<ShardFile>): Generator<void, UsedChunks[][]> {
  const endsByXorb = new Map<string, Map<number, number>>();
  yield* forEachTerm(files, ({ xorb, first, end }) => {
    const ends = endsByXorb.get(xorb) ?? new Map<number, number>();
    endsByXorb.set(xorb, ends);
    ends.set(first, Math.max(end, ends.get(first) ?? 0));
  });
  const batches: UsedChunks[][] = [];
  let batch: UsedChunks[] = [];
  let xorbs = 0;
  for (const [xorb, ends] of endsByXorb) {
    for (const run of mergedRuns(ends)) batch.push({ xorb, ...run });
    xorbs += 1;
    if (xorbs % MAX_XORBS !== 0 && batch.length < MAX_RUNS) continue;
    batches.push(batch);
    batch = [];
    yield;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** @param ends - the index after the last chunk of each run, by the index of its first chunk */
function mergedRuns(ends: ReadonlyMap<number, number>): { first: number; end: number }[] {
  const merged: { first: number; end: number }[] = [];
  for (const first of [...ends.keys()].sort((a, b) => a - b)) {
    const last = merged.at(-1);
    if (last && first <= last.end) last.end = Math.max(last.end, ends.get(first)!);
    else merged.push({ first, end: ends.get(first)! });
  }
  return merged;
}

/** The hashes of the xorbs that files are created from, without duplicates, collected in steps. */
export function* xorbsOf(files: Iterable<ShardFile>): Generator<void, readonly string[]> {
  const hashes = new Set<string>();
  yield* forEachTerm(files, ({ xorb }) => hashes.add(xorb));
  return [...hashes];
}

/** Whether a file is created from any of these xorbs, determined in steps. */
export function* usesXorb(file: ShardFile, hashes: ReadonlySet<string>): Generator<void, boolean> {
  if (hashes.size === 0) return false;
  let isUsed = false;
  yield* forEachTerm([file], ({ xorb }) => (isUsed ||= hashes.has(xorb)));
  return isUsed;
}

function* forEachTerm(files: Iterable<ShardFile>, action: (term: ShardTerm) => void): Generator<void, void> {
  let count = 0;
  for (const file of files) {
    for (const term of file.terms()) {
      action(term);
      count += 1;
      if (count % STEP_LENGTH === 0) yield;
    }
  }
}
