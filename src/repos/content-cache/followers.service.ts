import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { SingleFlight } from '../../platform/async/single-flight.js';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { blockBytesOf } from '../../platform/storage/block-store.js';
import { isMissingContent } from '../../platform/storage/missing-content.js';
import { BlockLayout } from './block-layout.js';
import type { CachedFile } from './cached-file.js';
import { MAX_BLOCKS_BEHIND } from './fill-runs.js';
import { Fills } from './fills.service.js';
import { HeldBytes } from './held-bytes.service.js';
import { HeldBlockStore, type FillProgress } from './held-blocks.store.js';
import type { HeldContent } from './held-content.store.js';

/** Interval of the checks for new blocks of a file that another process fills. */
const POLL_MS = 150;
/** A reader that waits longer for its next block gets the rest of its bytes from the source. */
const PATIENCE_MS = 5000;
/** A reader that has no bytes yet gets its first block from the source after this. */
const FIRST_PATIENCE_MS = 500;
/** Readers of shorter ranges do not wait for a block. */
const SHORT_RANGE_BYTES = 1024 * 1024;

/** A read of a file by a client. */
export interface Reading {
  readonly content: HeldContent;
  readonly file: CachedFile;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
}

/** Where the next bytes are, or how to get them. */
type NextBytes = AsyncIterable<Uint8Array> | 'wait' | 'source';

/** Reads files that another process is filling, and continues fills whose process has ended. */
@Injectable()
export class Followers {
  private readonly polls = new SingleFlight<FillProgress | undefined>();

  constructor(
    private readonly blocks: HeldBlockStore,
    private readonly fills: Fills,
    private readonly bytes: HeldBytes,
  ) {}

  /** Reads a range, block by block as the other process stores them. */
  async *read(reading: Reading, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
    const { file, signal } = reading;
    const { size } = file.identity;
    const firstDeadline = performance.now() + (end - start < SHORT_RANGE_BYTES ? 0 : FIRST_PATIENCE_MS);
    let deadline = performance.now() + PATIENCE_MS;
    for (let at = start; at <= end;) {
      const next = await this.nextBytes(reading, { start: at, end });
      if (next === 'wait' && performance.now() < (at === start ? firstDeadline : deadline)) {
        await wait(POLL_MS, undefined, { signal });
        continue;
      }
      const until =
        next === 'wait' && at === start ? Math.min(end, new BlockLayout(size, blockBytesOf(size)).lastOf(at)) : end;
      const pieces = typeof next === 'string' ? (await file.fetch({ start: at, end: until }, signal)).bytes : next;
      try {
        for await (const piece of pieces) {
          at += piece.byteLength;
          yield piece;
        }
        deadline = performance.now() + PATIENCE_MS;
      } catch (error) {
        // the block has become part of a blob, or was removed
        if (!isMissingContent(error) || performance.now() >= deadline) throw error;
      }
    }
  }

  private async nextBytes({ content, file, signal }: Reading, range: ByteRange): Promise<NextBytes> {
    const { id } = content;
    const progress = await this.polls.join(id, signal, () => this.blocks.progress(id));
    if (!progress) return 'source';
    if (progress.isPublished) return this.bytes.blobs.open(progress.sha256!, range);
    const stored = new Set(progress.blocks);
    const blockBytes = blockBytesOf(content.size);
    const first = Math.floor(range.start / blockBytes);
    if (stored.has(first)) {
      const end = Math.min(range.end, (first + 1) * blockBytes - 1);
      return this.bytes.blocks.open(content, { start: range.start, end }).catch(() => 'wait' as const);
    }
    const fill = progress.isClaimed ? undefined : await this.fills.fillOf(progress, file);
    if (fill) return fill.read(range, signal);
    // blocks far behind the first missing one are faster from the source
    return first <= firstMissing(stored) + MAX_BLOCKS_BEHIND ? 'wait' : 'source';
  }
}

function firstMissing(stored: ReadonlySet<number>): number {
  let index = 0;
  while (stored.has(index)) index += 1;
  return index;
}
