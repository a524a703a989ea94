import { close, createReadStream, fstat, open, read } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BlobRange, BlobStore, Expected, StoredBlob } from './blob-store.js';
import type { DiskFloor } from './disk-floor.js';
import { missingContent, sizeProblem } from './missing-content.js';
import { StagedFiles } from './staged-files.js';

const SHA256 = /^[0-9a-f]{64}$/;
/** Pieces that blobs are read in. Each takes an iteration of the event loop. */
const READ_BYTES = 256 * 1024;
/** Readers with such pieces. Further ones have small pieces, because a client that does not read occupies four of them. */
const MAX_FAST_READERS = 64;
const SMALL_READ_BYTES = 64 * 1024;
const PREFIX = /^[0-9a-f]{2}$/;

/** Folder of damaged blobs. */
const DAMAGED = 'damaged';

/** Stores blobs as files `ab/cd/<sha256>`. Uploads are received in `incoming/`. */
export class FsBlobStore implements BlobStore {
  private readonly incoming: StagedFiles;
  private readers = 0;

  /** @param floor - refuses uploads for which the disk has too little space */
  constructor(
    private readonly root: string,
    floor?: DiskFloor,
  ) {
    this.incoming = new StagedFiles(root, floor);
  }

  put(content: AsyncIterable<Uint8Array>, expected: Expected = {}): Promise<StoredBlob> {
    return this.incoming.receive(content, expected, ({ sha256 }) => this.path(sha256));
  }

  putAll(contents: ReadonlyMap<string, Uint8Array>): Promise<void> {
    return this.incoming.receiveAll([...contents].map(([sha256, content]) => ({ content, to: this.path(sha256) })));
  }

  /** Moves a complete file on the same disk into the store, durably. Its digest must have been verified. */
  adopt(path: string, sha256: string): Promise<void> {
    return this.incoming.adopt(path, this.path(sha256));
  }

  open(sha256: string, range?: BlobRange): Readable {
    const fs = reportingMissing(sha256, range);
    const { start, end } = range ?? {};
    const highWaterMark = this.readers < MAX_FAST_READERS ? READ_BYTES : SMALL_READ_BYTES;
    this.readers += 1;
    return createReadStream(this.path(sha256), { start, end, highWaterMark, fs }).once('close', () => {
      this.readers -= 1;
    });
  }

  async size(sha256: string): Promise<number | undefined> {
    try {
      return (await stat(this.path(sha256))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.size(sha256)) !== undefined;
  }

  async delete(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }

  async setAside(sha256: string): Promise<string | undefined> {
    const name = join(DAMAGED, sha256);
    try {
      await mkdir(join(this.root, DAMAGED), { recursive: true });
      await rename(this.path(sha256), join(this.root, name));
      return name;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async *list(prefix: string): AsyncGenerator<string> {
    if (!PREFIX.test(prefix)) throw new TypeError(`Not two hex digits: ${prefix}`);
    for (const second of await namesIn(join(this.root, prefix)))
      for (const name of await namesIn(join(this.root, prefix, second))) if (SHA256.test(name)) yield name;
  }

  ping(): Promise<void> {
    return this.incoming.probe();
  }

  /** A disk fails at once. */
  admit(): void {}

  sweep(before: Date): Promise<void> {
    return this.incoming.sweep(before);
  }

  /** Only valid digests may become paths. */
  private path(sha256: string): string {
    if (!SHA256.test(sha256)) throw new TypeError(`Not a SHA-256 digest: ${sha256}`);
    return join(this.root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }
}

type Opened = (error: Error | null, fd?: number) => void;

/** The functions that a stream uses, with an error in words for a file that is missing, or is not as long as it should be. */
const reportingMissing = (sha256: string, range: BlobRange | undefined) => ({
  read,
  close,
  open: (path: string, flags: string, mode: number, done: Opened): void =>
    open(path, flags, mode, (error, fd) => {
      if (error) return done(isMissing(error) ? missingContent(sha256, error) : error);
      if (range === undefined) return done(null, fd);
      fstat(fd, (failed, stats) => {
        const problem = failed ?? sizeProblem(sha256, range, stats.size);
        if (!problem) return done(null, fd);
        close(fd, () => done(problem));
      });
    }),
});

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
