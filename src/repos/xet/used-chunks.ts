import type { ShardFile } from './format/shard.js';

/** A run of consecutive chunks of a xorb that files use. */
export interface UsedChunks {
  readonly xorb: string;
  readonly first: number;
  /** Index after the last chunk. */
  readonly end: number;
}

/** Xorbs per batch. */
const BATCH_SIZE = 200;

/** The chunks that files use, in batches that each have all chunks of their xorbs. Adjacent chunks are merged. */
export function* usedChunks(files: Iterable<ShardFile>): Generator<UsedChunks[]> {
  const runs = new Map<string, UsedChunks[]>();
  for (const file of files) {
    for (const { xorb, first, end } of file.terms()) {
      const list = runs.get(xorb) ?? [];
      runs.set(xorb, list);
      const last = list.at(-1);
      if (last && last.first <= first && first <= last.end)
        list.splice(-1, 1, { ...last, end: Math.max(last.end, end) });
      else list.push({ xorb, first, end });
    }
  }
  const all = [...runs.values()];
  for (let at = 0; at < all.length; at += BATCH_SIZE) yield all.slice(at, at + BATCH_SIZE).flat();
}
