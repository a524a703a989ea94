import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { SingleFlight } from '../../platform/async/single-flight.js';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { blockBytesOf } from '../../platform/storage/block-store.js';
import { isMissingContent } from '../../platform/storage/missing-content.js';
import type { CachedFile } from './cached-file.js';
import { ExpectedBlock } from './expected-block.js';
import { Fills } from './fills.service.js';
import { HeldBytes } from './held-bytes.service.js';
import { HeldBlockStore, type FillProgress } from './held-blocks.store.js';
import type { HeldContent } from './held-content.store.js';

/** Interval of the checks for new blocks of a file that another process fills. */
const POLL_MS = 150;
/** A reader that waits longer gets a few bytes from the source, so that its client does not time out. */
const PATIENCE_MS = 5000;
/** This long if it has no bytes yet. */
const FIRST_PATIENCE_MS = 500;
const FEW_BYTES = 64 * 1024;
/** Readers of shorter ranges do not wait for a block. */
const SHORT_RANGE_BYTES = 1024 * 1024;
/** After this many blocks from the source, a reader checks again which blocks are stored. */
const MAX_BLOCKS_FROM_SOURCE = 8;

/** A read of a file by a client. */
export interface Reading {
  readonly content: HeldContent;
  readonly file: CachedFile;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
}

/** The next bytes, or why they are not available: another process is about to store them, or a stored block cannot be read. */
type NextBytes = AsyncIterable<Uint8Array> | 'wait' | 'unreadable';

/** Reads files that another process is filling, and continues fills whose process has ended. */
@Injectable()
export class Followers {
  private readonly logger = new Logger('ContentCache');
  private readonly polls = new SingleFlight<FillProgress | undefined>();
  private readonly first = new SingleFlight<Uint8Array>();

  constructor(
    private readonly blocks: HeldBlockStore,
    private readonly fills: Fills,
    private readonly bytes: HeldBytes,
  ) {}

  /**
   * Reads a range, block by block as the other process stores them. Its bytes are not requested from the source a second time while that process has its
   * lease, except for a few from time to time.
   */
  async *read(reading: Reading, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
    const { signal } = reading;
    const isShort = end - start < SHORT_RANGE_BYTES;
    const expected = new ExpectedBlock();
    let deadline = performance.now() + (isShort ? 0 : FIRST_PATIENCE_MS);
    for (let at = start; at <= end;) {
      const next = await this.nextBytes(reading, { start: at, end }, expected);
      if (typeof next === 'string' && performance.now() < deadline) {
        await wait(POLL_MS, undefined, { signal });
        continue;
      }
      try {
        for await (const piece of this.pieces(reading, next, { start: at, end })) {
          at += piece.byteLength;
          yield piece;
        }
        deadline = performance.now() + (isShort ? 0 : PATIENCE_MS);
      } catch (error) {
        // the block has become part of a blob, or was removed
        if (!isMissingContent(error) || performance.now() >= deadline) throw error;
      }
    }
  }

  /** The bytes that are stored, or bytes from the source. */
  private async *pieces(reading: Reading, next: NextBytes, range: ByteRange): AsyncGenerator<Uint8Array> {
    if (typeof next !== 'string') return yield* next;
    if (next === 'unreadable' || range.end - range.start < SHORT_RANGE_BYTES)
      return yield* this.relayed(reading, range);
    const few = await this.fewBytes(reading, range);
    if (few) yield few;
  }

  /** A few bytes for all readers that wait for them. `undefined` if the source does not send them: the process that fills the file may get them. */
  private async fewBytes({ content, file, signal }: Reading, { start }: ByteRange): Promise<Uint8Array | undefined> {
    const request = async (shared: AbortSignal): Promise<Uint8Array> => {
      const range = { start, end: Math.min(start + FEW_BYTES, content.size) - 1 };
      return buffer((await file.fetch(range, shared)).bytes);
    };
    try {
      return await this.first.join(`${content.id} ${start}`, signal, request);
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  /** The bytes of the source until the next stored block. */
  private async *relayed(
    { content, file, signal }: Reading,
    { start, end }: ByteRange,
    stored: ReadonlySet<number> = new Set(),
  ): AsyncGenerator<Uint8Array> {
    const blockBytes = blockBytesOf(content.size);
    const first = Math.floor(start / blockBytes);
    let until = first + 1;
    while (until < first + MAX_BLOCKS_FROM_SOURCE && !stored.has(until)) until += 1;
    yield* (await file.fetch({ start, end: Math.min(end, until * blockBytes - 1) }, signal)).bytes;
  }

  private async nextBytes(reading: Reading, range: ByteRange, expected: ExpectedBlock): Promise<NextBytes> {
    const { content, signal } = reading;
    try {
      const progress = await this.polls.join(content.id, signal, () => this.blocks.progress(content.id));
      return progress ? await this.available(reading, range, { progress, expected }) : this.relayed(reading, range);
    } catch (err) {
      signal.throwIfAborted();
      this.logger.warn({ err }, 'A file is read from its source, because the database or the storage is not available');
      return this.relayed(reading, range);
    }
  }

  private async available(
    reading: Reading,
    range: ByteRange,
    { progress, expected }: { readonly progress: FillProgress; readonly expected: ExpectedBlock },
  ): Promise<NextBytes> {
    const { content, file, signal } = reading;
    if (progress.isPublished) return this.bytes.blobs.open(progress.sha256!, range);
    const stored = new Set(progress.blocks);
    const blockBytes = blockBytesOf(content.size);
    const index = Math.floor(range.start / blockBytes);
    if (stored.has(index)) {
      const end = Math.min(range.end, (index + 1) * blockBytes - 1);
      return this.bytes.blocks.open(content, { start: range.start, end }).catch(() => 'unreadable' as const);
    }
    const fill = progress.isClaimed ? undefined : await this.fills.fillOf(progress, file);
    if (fill) return fill.read(range, signal);
    return expected.isComing(index, stored, performance.now()) ? 'wait' : this.relayed(reading, range, stored);
  }
}
