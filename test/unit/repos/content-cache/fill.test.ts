import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HubError } from '../../../../src/domain/hub-error.js';
import type { ByteRange } from '../../../../src/platform/storage/blob-store.js';
import { LocalHash } from '../../../../src/repos/content-cache/file-hash.js';
import { Fill } from '../../../../src/repos/content-cache/fill.js';
import type { FillPorts, StoredBlock } from '../../../../src/repos/content-cache/fill-ports.js';

const BLOCK = 64;
const never = (): AbortSignal => new AbortController().signal;
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One response of the source: how it sends its bytes, and whether it is interrupted or sends wrong ones. */
interface Script {
  readonly piece: number;
  readonly breaksAfter: number | undefined;
  readonly isWrong: boolean;
}

/** A file with its source and a store in memory. */
class MemoryFile implements FillPorts {
  readonly blockBytes = BLOCK;
  readonly storeMs = 50;
  /** Whether storing never ends. */
  hangs = false;
  readonly newHash = () => new LocalHash(undefined);
  readonly segmentBytes = 16;
  readonly stored = new Map<number, Uint8Array>();
  /** Blocks that are written in part, on a disk. */
  private readonly written = new Map<number, Uint8Array>();
  /** Blocks whose place in the store is open. */
  readonly unended = new Set<number>();
  published: Buffer | undefined;
  discarded = 0;
  /** Number of blocks that can be stored. */
  capacity = Infinity;
  /** Whether there is memory for a block. */
  hasMemory = true;
  /** The requests to the source. */
  readonly ranges: ByteRange[] = [];

  constructor(
    readonly content: Buffer,
    private readonly scripts: readonly Script[],
    readonly readsUnfinished = false,
  ) {}

  get size(): number {
    return this.content.length;
  }

  async fetch(range: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    this.ranges.push(range);
    await tick();
    const script = this.scripts[this.ranges.length - 1] ?? { piece: 50, breaksAfter: undefined, isWrong: false };
    return this.send(range, script);
  }

  reserve(): (() => void) | undefined {
    return this.hasMemory ? () => undefined : undefined;
  }

  storeBlock(index: number): StoredBlock {
    const block = Buffer.alloc(this.blockBytes);
    let length = 0;
    const write = async (pieces: readonly Uint8Array[]): Promise<boolean> => {
      await tick();
      if (this.hangs) return new Promise(() => undefined);
      if (this.stored.size >= this.capacity) return false;
      this.unended.add(index);
      for (const piece of pieces) length += Buffer.from(piece).copy(block, length);
      if (this.readsUnfinished) this.written.set(index, block.subarray(0, length));
      return true;
    };
    const end = async (): Promise<boolean> => {
      await tick();
      this.unended.delete(index);
      this.stored.set(index, block.subarray(0, length));
      return true;
    };
    const cancel = async (): Promise<void> => {
      await tick();
      this.unended.delete(index);
    };
    return { write, end, cancel };
  }

  async open({ start, end }: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    await tick();
    const bytes = Buffer.alloc(end + 1 - start);
    for (const [index, block] of [...this.written, ...this.stored]) {
      const offset = index * BLOCK - start;
      if (offset > -BLOCK && offset < bytes.length)
        Buffer.from(block).copy(bytes, Math.max(0, offset), Math.max(0, -offset));
    }
    return (async function* () {
      yield bytes;
    })();
  }

  verify({ sha256 }: { readonly sha256: string }): void {
    const expected = createHash('sha256').update(this.content).digest('hex');
    if (sha256 !== expected) throw new HubError('UpstreamFailed', 'wrong');
  }

  async publish(): Promise<void> {
    await tick();
    this.published = Buffer.concat([...this.stored].sort(([a], [b]) => a - b).map(([, block]) => block));
  }

  discard(): void {
    this.discarded += 1;
  }

  report(): void {}

  giveUp(): void {}
  release(): void {}

  private async *send({ start, end }: ByteRange, { piece, breaksAfter, isWrong }: Script): AsyncGenerator<Uint8Array> {
    for (let at = start; at <= end; at += piece) {
      await tick();
      if (breaksAfter !== undefined && at - start >= breaksAfter) throw new Error('The connection broke');
      const bytes = Buffer.from(this.content.subarray(at, Math.min(at + piece, end + 1)));
      if (isWrong) bytes[0]! ^= 255;
      yield bytes;
    }
  }
}

/** @param pause - ticks between the pieces that the reader takes */
async function read(fill: Fill, range: ByteRange, pause = 0): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of fill.read(range, never())) {
    pieces.push(piece);
    for (let turn = 0; turn < pause; turn++) await tick();
  }
  return Buffer.concat(pieces);
}

const script = fc.record({
  piece: fc.integer({ min: 1, max: 100 }),
  breaksAfter: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
  isWrong: fc.boolean(),
});
const position = fc.integer({ min: 0, max: 499 });
const ranges = fc.array(fc.tuple(position, position), { minLength: 1, maxLength: 6 });

describe('a fill', () => {
  it('publishes exactly the announced file, for any responses of its source and any requests of its readers', async () => {
    const scriptsOf = fc.array(script, { maxLength: 6 });
    const property = fc.asyncProperty(scriptsOf, ranges, fc.boolean(), async (scripts, pairs, isDisk) => {
      const content = Buffer.from(Array.from({ length: 500 }, (_, n) => n % 251));
      const file = new MemoryFile(content, scripts, isDisk);
      const fill = new Fill(file, new Set());
      const readAll = pairs.map(([a, b], n) => read(fill, { start: Math.min(a, b), end: Math.max(a, b) }, 3 * n));
      for (const [n, result] of (await Promise.allSettled(readAll)).entries())
        if (result.status === 'fulfilled' && scripts.every(({ isWrong }) => !isWrong))
          expect(result.value.equals(content.subarray(Math.min(...pairs[n]!), Math.max(...pairs[n]!) + 1))).toBe(true);
      await read(fill, { start: 0, end: 499 }).catch(() => undefined);
      for (let turn = 0; turn < 50 && !fill.isIdle; turn++) await tick();
      if (fill.isIdle) expect(file.unended.size).toBe(0);
      if (file.published) expect(file.published.equals(content)).toBe(true);
      const isHonest = scripts.every(({ isWrong }) => !isWrong);
      if (isHonest) expect(file.discarded).toBe(0);
      if (isHonest && scripts.every(({ breaksAfter }) => breaksAfter === undefined))
        expect(
          (await Promise.all(readAll)).map((bytes, n) => bytes.length - Math.abs(pairs[n]![0] - pairs[n]![1])),
        ).toEqual(pairs.map(() => 1));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('never delivers all bytes of a file that is wrong, also to a reader that is slower than the source', async () => {
    const content = Buffer.alloc(3 * BLOCK + 10, 7);
    const file = new MemoryFile(
      content,
      Array.from({ length: 9 }, () => ({ piece: 50, breaksAfter: undefined, isWrong: true })),
    );
    const fill = new Fill(file, new Set());
    const pieces = fill.read({ start: 0, end: content.length - 1 }, never());
    await pieces.next();
    for (let turn = 0; turn < 100; turn++) await tick(); // the source has sent everything
    await expect(
      (async () => {
        while (!(await pieces.next()).done);
      })(),
    ).rejects.toThrow('wrong');
    expect([file.published, file.discarded]).toEqual([undefined, 1]);
    await tick();
    expect(file.unended.size).toBe(0);
  });

  it('delivers the rest without the cache if there is no space', async () => {
    const content = Buffer.from(Array.from({ length: 500 }, (_, n) => n % 251));
    const file = new MemoryFile(content, []);
    file.capacity = 2;
    const fill = new Fill(file, new Set());
    expect((await read(fill, { start: 0, end: 499 })).equals(content)).toBe(true);
    expect(file.published).toBeUndefined();
  });

  it('delivers the rest without the cache if a block is not stored in time', async () => {
    const content = Buffer.from(Array.from({ length: 500 }, (_, n) => n % 251));
    const file = new MemoryFile(content, []);
    file.hangs = true;
    const fill = new Fill(file, new Set());
    expect((await read(fill, { start: 0, end: 499 })).equals(content)).toBe(true);
    expect([file.stored.size, file.published]).toEqual([0, undefined]);
  });

  it('delivers without the cache if there is too little memory for a block', async () => {
    const content = Buffer.from(Array.from({ length: 500 }, (_, n) => n % 251));
    const file = new MemoryFile(content, []);
    file.hasMemory = false;
    const fill = new Fill(file, new Set());
    expect((await read(fill, { start: 100, end: 499 })).equals(content.subarray(100))).toBe(true);
    expect([file.stored.size, file.ranges]).toEqual([0, [{ start: 100, end: 499 }]]);
  });
});

describe('a short range deep inside a missing block', () => {
  const MIB = 1024 * 1024;
  const SIZE = 3 * MIB;
  /** Blocks of a MiB. */
  class LargeFile extends MemoryFile {
    override readonly blockBytes = MIB as typeof BLOCK;
  }
  const script = { piece: 50_000, breaksAfter: undefined, isWrong: false };
  const open = (): { file: LargeFile; fill: Fill } => {
    const file = new LargeFile(Buffer.alloc(SIZE, 7), [script, script, script]);
    return { file, fill: new Fill(file, new Set()) };
  };

  it('is requested before its block', async () => {
    const { file, fill } = open();
    const range = { start: 1.5 * MIB, end: 1.5 * MIB + 9 };
    expect(await read(fill, range)).toHaveLength(10);
    expect(file.ranges).toEqual([range, { start: MIB, end: 2 * MIB - 1 }]);
  });

  it('does not wait for a request that is far behind', async () => {
    const { file, fill } = open();
    const whole = fill.read({ start: 0, end: SIZE - 1 }, never());
    await whole.next();
    const range = { start: 2.5 * MIB, end: 2.5 * MIB + 9 };
    expect(await read(fill, range)).toHaveLength(10);
    expect(file.ranges).toEqual([{ start: 0, end: SIZE - 1 }, range]);
    await whole.return(undefined);
  });
});
