import { constants } from 'node:fs';
import { open, mkdir, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ByteRange, StoredBlob } from './blob-store.js';
import { blockBytesOf, type BlockStore, type PartialFile } from './block-store.js';
import type { DiskFloor } from './disk-floor.js';
import { missingContent } from './missing-content.js';
import type { FsBlobStore } from './fs-blob-store.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Stores each file as one sparse file `<root>/<id>`, which is moved to the blobs when it is complete. */
export class FsBlockStore implements BlockStore {
  /**
   * @param root - a folder on the disk of the blobs
   * @param floor - refuses blocks for which the disk has too little space
   */
  constructor(
    private readonly root: string,
    private readonly blobs: FsBlobStore,
    private readonly floor?: DiskFloor,
  ) {}

  async put({ id, size }: PartialFile, index: number, pieces: readonly Uint8Array[]): Promise<void> {
    const use = await this.floor?.begin(byteLengthOf(pieces));
    try {
      await mkdir(this.root, { recursive: true });
      const file = await open(this.path(id), constants.O_RDWR | constants.O_CREAT);
      try {
        await writeAll(file, pieces, index * blockBytesOf(size));
      } finally {
        await file.close();
      }
    } finally {
      use?.end();
    }
  }

  async open({ id }: PartialFile, { start, end }: ByteRange): Promise<Readable> {
    const file = await open(this.path(id), 'r').catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missingContent(id, error) : error;
    });
    return file.createReadStream({ start, end });
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

const byteLengthOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** A full disk makes a single write shorter; the next one then fails. */
async function writeAll(file: FileHandle, pieces: readonly Uint8Array[], start: number): Promise<void> {
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
}
