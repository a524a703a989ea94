import type { Spool } from '../../platform/storage/spool.js';

/** Objects of a pack are small, so their bytes are collected before they are written to the spool. */
const BLOCK_BYTES = 64 * 1024;

/** Creates the bytes of a pack, which are the same each time. */
export type CreatePack = () => AsyncIterable<Uint8Array>;

/** How a pack uses its surroundings. */
export interface SharedPackOptions {
  readonly spool: Spool;
  /** Reserves space for more bytes. Returns false if too little is left. */
  readonly reserve: (bytes: number) => Promise<boolean>;
  /** Called when the last reader of those who have begun has left. */
  readonly onIdle: () => void;
}

/**
 * A pack that is created once for several readers, which read it from a spool while it grows. If the spool cannot take all of it, each reader
 * creates the rest itself.
 */
export class SharedPack {
  private state: 'new' | 'growing' | 'complete' | 'partial' | 'failed' = 'new';
  private error: unknown;
  private readers = 0;
  private expectedReaders = 0;
  private stopped = false;
  private waiting: (() => void)[] = [];
  private building: Promise<void> = Promise.resolve();

  constructor(
    private readonly create: CreatePack,
    private readonly options: SharedPackOptions,
  ) {}

  /** Bytes that were reserved for it. */
  reservedBytes = 0;

  get isIdle(): boolean {
    return this.readers === 0;
  }

  /** Whether the pack is of no use, because it is not complete and all of its readers have left. */
  get isAbandoned(): boolean {
    return this.isIdle && this.expectedReaders === 0 && this.state !== 'complete';
  }

  /** Reads the pack. The first reader starts its creation. */
  read(): AsyncGenerator<Uint8Array> {
    this.expectedReaders += 1;
    return this.bytes();
  }

  /** @throws the error of the creation */
  private async *bytes(): AsyncGenerator<Uint8Array> {
    const { spool, onIdle } = this.options;
    this.expectedReaders -= 1;
    if (this.stopped) return yield* this.create();
    this.readers += 1;
    if (this.state === 'new') this.building = this.build();
    try {
      for (let at = 0; ;) {
        for await (const bytes of spool.read(at)) {
          yield bytes;
          at += bytes.length;
        }
        if (at < spool.size) continue;
        if (this.state === 'complete') return;
        if (this.state === 'failed') throw this.error;
        if (this.state === 'partial') return yield* skipBytes(this.create(), at);
        await new Promise<void>((resolve) => this.waiting.push(resolve));
      }
    } finally {
      this.readers -= 1;
      if (this.isIdle) onIdle();
    }
  }

  /** Ends the creation and frees the space. There must be no readers. */
  async close(): Promise<void> {
    this.stopped = true;
    await this.building;
    await this.options.spool.close();
  }

  private async build(): Promise<void> {
    this.state = 'growing';
    try {
      this.state = (await this.fillSpool()) ? 'complete' : 'partial';
    } catch (error) {
      this.error = error;
      this.state = 'failed';
    }
    this.wake();
  }

  /** Returns false if the spool cannot take all bytes. */
  private async fillSpool(): Promise<boolean> {
    for await (const block of inBlocks(this.create())) {
      if (this.stopped || !(await this.options.reserve(block.length))) return false;
      this.reservedBytes += block.length;
      if (!(await this.write(block))) return false;
      this.wake();
    }
    return true;
  }

  /** Returns false if the disk is full. */
  private write(block: Uint8Array): Promise<boolean> {
    return this.options.spool.write(block).then(
      () => true,
      () => false,
    );
  }

  private wake(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }
}

async function* inBlocks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let collected: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    collected.push(piece);
    size += piece.length;
    if (size < BLOCK_BYTES) continue;
    yield Buffer.concat(collected);
    collected = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(collected);
}

async function* skipBytes(pieces: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const piece of pieces) {
    const rest = piece.subarray(Math.min(left, piece.length));
    left -= piece.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}
