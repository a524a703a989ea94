import { constants } from 'node:fs';
import { open, mkdir, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ByteRange, StoredBlob } from './blob-store.js';
import { blockBytesOf, type BlockStore, type BlockWriter, type PartialBlock, type PartialFile } from './block-store.js';
import type { DiskFloor, DiskUse } from './disk-floor.js';
import { missingContent } from './missing-content.js';
import type { FsBlobStore } from './fs-blob-store.js';

/** Pieces that blocks are read in. */
const READ_BYTES = 256 * 1024;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Stores each file as one sparse file `<root>/<id>`, which is moved to the blobs when it is complete. */
export class FsBlockStore implements BlockStore {
  readonly readsUnfinished = true;

  /**
   * @param root - a folder on the disk of the blobs
   * @param floor - refuses blocks for which the disk has too little space
   */
  constructor(
    private readonly root: string,
    private readonly blobs: FsBlobStore,
    private readonly floor?: DiskFloor,
  ) {}

  async begin({ id, size }: PartialFile, { index, bytes }: PartialBlock): Promise<BlockWriter> {
    const path = this.path(id);
    const use = await this.floor?.begin(bytes);
    try {
      await mkdir(this.root, { recursive: true });
      const file = await open(path, constants.O_RDWR | constants.O_CREAT);
      return new FileBlockWriter(file, index * blockBytesOf(size), use);
    } catch (error) {
      use?.end();
      throw error;
    }
  }

  async open({ id }: PartialFile, { start, end }: ByteRange): Promise<Readable> {
    const file = await open(this.path(id), 'r').catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missingContent(id, error) : error;
    });
    return file.createReadStream({ start, end, highWaterMark: READ_BYTES });
  }

  async publish({ id }: PartialFile, { sha256 }: StoredBlob): Promise<void> {
    const path = this.path(id);
    if ((await stat(path).catch(() => undefined)) === undefined && (await this.blobs.has(sha256))) return;
    await this.blobs.adopt(path, sha256);
  }

  async drop(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
  }

  async *list(): AsyncGenerator<string> {
    await mkdir(this.root, { recursive: true });
    for (const name of await readdir(this.root)) if (UUID.test(name)) yield name;
  }

  /** Only UUIDs may become paths. */
  private path(id: string): string {
    if (!UUID.test(id)) throw new TypeError(`Not a UUID: ${id}`);
    return join(this.root, id);
  }
}

/** Writes a block to its place in the file. */
class FileBlockWriter implements BlockWriter {
  /** @param position - of the next byte */
  constructor(
    private readonly file: FileHandle,
    private position: number,
    private readonly use: DiskUse | undefined,
  ) {}

  async write(pieces: readonly Uint8Array[]): Promise<void> {
    this.position = await writeAll(this.file, pieces, this.position);
  }

  async end(): Promise<void> {
    this.use?.end();
    await this.file.close();
  }

  /** Written bytes stay, and are written again with the block. */
  cancel(): Promise<void> {
    return this.end();
  }
}

/** Writes pieces, and returns the position after them. A full disk makes a single write shorter; the next one then fails. */
async function writeAll(file: FileHandle, pieces: readonly Uint8Array[], start: number): Promise<number> {
  let position = start;
  for (let rest = pieces; rest.length > 0;) {
    let { bytesWritten } = await file.writev(rest, position);
    position += bytesWritten;
    const next = rest.findIndex(({ byteLength }) => {
      if (byteLength > bytesWritten) return true;
      bytesWritten -= byteLength;
      return false;
    });
    rest = next < 0 ? [] : [rest[next]!.subarray(bytesWritten), ...rest.slice(next + 1)];
  }
  return position;
}
