import { createHash } from 'node:crypto';
import type { BlobStore } from '../../platform/storage/blob-store.js';
import { objectHasher } from '../../repos/store/git-objects.js';
import type { HashMode } from './check-report.js';

/** Contents and bytes that a sample reads at most. */
const SAMPLE_CONTENTS = 200;
const SAMPLE_BYTES = 10_000_000_000;

/** The hashes of a content. */
export interface ContentHashes {
  readonly sha256: string;
  /** Git's id of a file with this content. */
  readonly gitId: string;
}

/** Reads a content and computes its hashes. */
export async function hashContent(blobs: BlobStore, sha256: string, size: number): Promise<ContentHashes> {
  const [hash, gitHash] = [createHash('sha256'), objectHasher('blob', size)];
  for await (const chunk of blobs.open(sha256) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    gitHash.update(chunk);
  }
  return { sha256: hash.digest('hex'), gitId: gitHash.digest('hex') };
}

/** Decides which contents are read. */
export class HashSelection {
  contents = 0;
  bytes = 0;

  /**
   * @param total - number of contents
   * @param random - returns a number from 0 to 1
   */
  constructor(
    private readonly mode: HashMode,
    private readonly total: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** Whether to read a content of this size. */
  takes(size: number): boolean {
    if (!this.isWanted(size)) return false;
    this.contents += 1;
    this.bytes += size;
    return true;
  }

  private isWanted(size: number): boolean {
    if (this.mode !== 'sample') return this.mode === 'all';
    return this.bytes + size <= SAMPLE_BYTES && this.random() * this.total < SAMPLE_CONTENTS;
  }
}
