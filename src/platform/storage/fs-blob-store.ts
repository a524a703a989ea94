import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BlobStore, ByteRange, Expected, StoredBlob } from './blob-store.js';
import { digesting } from './digesting.js';

const SHA256 = /^[0-9a-f]{64}$/;

/** Blobs as files: `ab/cd/<sha256>` under the root, received in `incoming/`. */
export class FsBlobStore implements BlobStore {
  constructor(private readonly root: string) {}

  async put(content: AsyncIterable<Uint8Array>, expected: Expected = {}): Promise<StoredBlob> {
    const incoming = join(this.incoming, randomUUID());
    await mkdir(this.incoming, { recursive: true });
    try {
      const digest = digesting(content, expected);
      // flush: the bytes are on the disk before the name is
      await writeFile(incoming, digest.content, { flag: 'wx', flush: true });
      const stored = digest.result();
      await this.publish(incoming, this.path(stored.sha256));
      return stored;
    } finally {
      await rm(incoming, { force: true });
    }
  }

  open(sha256: string, range?: ByteRange): Readable {
    return createReadStream(this.path(sha256), range && { start: range.start, end: range.end });
  }

  async size(sha256: string): Promise<number | undefined> {
    try {
      return (await stat(this.path(sha256))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.size(sha256)) !== undefined;
  }

  async delete(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }

  /** Drops what a crash left half received, once it is older than `before`: other processes may be receiving now. */
  async sweep(before: Date): Promise<void> {
    await mkdir(this.incoming, { recursive: true });
    for (const name of await readdir(this.incoming)) {
      const path = join(this.incoming, name);
      const left = await stat(path).catch(() => undefined); // another process finished it meanwhile
      if (left && left.mtime < before) await rm(path, { force: true });
    }
  }

  private get incoming(): string {
    return join(this.root, 'incoming');
  }

  /** The digest becomes a path, so nothing else may. */
  private path(sha256: string): string {
    if (!SHA256.test(sha256)) throw new TypeError(`not a SHA-256 digest: ${sha256}`);
    return join(this.root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }

  private async publish(from: string, to: string): Promise<void> {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
    // a new name is durable when its folder is; so is a new folder's in the one above
    for (const folder of [dirname(to), dirname(dirname(to)), this.root]) await syncFolder(folder);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
