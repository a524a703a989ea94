import { formatBytes, formatDifferentBytes } from '../../domain/byte-size.js';
import { HubError } from '../../domain/hub-error.js';

/** How long a measurement of the free space is reused. */
const REUSE_MS = 1000;

/** Reads the free bytes of a disk. */
export type ReadFreeSpace = () => Promise<number>;

/** A running upload. */
export interface DiskUse {
  /**
   * Counts bytes that have been written.
   * @throws HubError `StorageFull` if the upload would now leave too little space, for example because its size was unknown
   */
  wrote(bytes: number): Promise<void>;
  end(): void;
}

/**
 * Refuses uploads that would leave less free space on the disk than configured. What running uploads will still write counts as used, so that
 * several uploads cannot fill the disk together.
 */
export class DiskFloor {
  private measured: { readonly at: number; readonly free: Promise<number> } | undefined;
  private writtenSince = 0;
  private outstanding = 0;

  constructor(
    private readonly minFree: number,
    private readonly readFree: ReadFreeSpace,
    private readonly now: () => number,
  ) {}

  /** Free bytes of the disk. */
  async free(): Promise<number> {
    const now = this.now();
    if (this.measured === undefined || now - this.measured.at >= REUSE_MS) {
      this.writtenSince = 0;
      this.measured = { at: now, free: this.readFree() };
    }
    return (await this.measured.free) - this.writtenSince;
  }

  /** Bytes that can be written in addition to the running uploads. */
  async available(): Promise<number> {
    return Math.max(0, (await this.free()) - this.outstanding - this.minFree);
  }

  /**
   * Checks whether an upload would leave enough space.
   * @param bytes - its size; 0 if that is unknown
   * @throws HubError `StorageFull`
   */
  async require(bytes: number): Promise<void> {
    const free = await this.free();
    if (free - this.outstanding - bytes >= this.minFree) return;
    const size = bytes > 0 ? `${formatBytes(bytes)} cannot be uploaded now` : 'Uploads are refused';
    const space = `the disk of the hub has ${formatBytes(Math.max(0, free))} free, of which ${formatBytes(this.minFree)} must stay free`;
    throw new HubError('StorageFull', `${size}: ${space}. Ask the administrator of the hub to free some space.`);
  }

  /**
   * Starts an upload. Call `end` when it has succeeded or failed.
   * @throws HubError as `require`
   */
  async begin(size = 0): Promise<DiskUse> {
    await this.require(size);
    let left = size;
    this.outstanding += size;
    return {
      wrote: async (bytes) => {
        const announced = Math.min(left, bytes);
        left -= announced;
        this.outstanding -= announced;
        this.writtenSince += bytes;
        await this.require(0);
      },
      end: () => {
        this.outstanding -= left;
        left = 0;
      },
    };
  }

  /** Describes the problem for the readiness check. `undefined` while uploads are accepted. */
  async findProblem(): Promise<string | undefined> {
    const free = await this.free();
    if (free >= this.minFree) return undefined;
    const [left, needed] = formatDifferentBytes(Math.max(0, free), this.minFree);
    return `Uploads are refused: ${left} free on the disk, but ${needed} must stay free`;
  }
}

/**
 * Passes content on while `floor` allows it. Nothing is read if there is too little space.
 * @throws HubError `StorageFull`
 */
export async function* aboveFloor(
  content: AsyncIterable<Uint8Array>,
  floor: DiskFloor,
  size: number | undefined,
): AsyncGenerator<Uint8Array> {
  const use = await floor.begin(size);
  try {
    for await (const chunk of content) {
      await use.wrote(chunk.byteLength);
      yield chunk;
    }
  } finally {
    use.end();
  }
}
