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
/** After this, a reader without any bytes gets its first block from the source; one reader of a file at a time. */
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
  /** The files whose first bytes a reader gets from the source. */
  private readonly ahead = new Set<string>();

  constructor(
    private readonly blocks: HeldBlockStore,
    private readonly fills: Fills,
    private readonly bytes: HeldBytes,
  ) {}

  /** Reads a range, block by block as the other process stores them. */
  async *read(reading: Reading, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
    const { signal } = reading;
    const isShort = end - start < SHORT_RANGE_BYTES;
    const firstDeadline = performance.now() + (isShort ? 0 : FIRST_PATIENCE_MS);
    let deadline = performance.now() + PATIENCE_MS;
    for (let at = start; at <= end;) {
      const next = await this.nextBytes(reading, { start: at, end });
      const isFirst = at === start && (isShort || !this.ahead.has(reading.content.id));
      if (next === 'wait' && performance.now() < (isFirst ? firstDeadline : deadline)) {
        await wait(POLL_MS, undefined, { signal });
        continue;
      }
      try {
        const found = next === 'wait' && !isFirst ? 'source' : next;
        for await (const piece of this.pieces(reading, found, { start: at, end })) {
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

  /** The bytes that are stored; for `wait`, the first block from the source; for `source`, all bytes from it. */
  private async *pieces(
    { content, file, signal }: Reading,
    next: NextBytes,
    range: ByteRange,
  ): AsyncGenerator<Uint8Array> {
    if (typeof next !== 'string') return yield* next;
    if (next === 'source') return yield* (await file.fetch(range, signal)).bytes;
    const { id, size } = content;
    const end = Math.min(range.end, new BlockLayout(size, blockBytesOf(size)).lastOf(range.start));
    this.ahead.add(id);
    try {
      yield* (await file.fetch({ start: range.start, end }, signal)).bytes;
    } finally {
      this.ahead.delete(id);
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
