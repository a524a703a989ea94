import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BlobStore, ByteRange, Expected, StoredBlob } from './blob-store.js';
import { IncomingFiles } from './incoming-files.js';

const SHA256 = /^[0-9a-f]{64}$/;
const PREFIX = /^[0-9a-f]{2}$/;

/** Blobs as files: `ab/cd/<sha256>` under the root, received in `incoming/`. */
export class FsBlobStore implements BlobStore {
  private readonly incoming: IncomingFiles;

  constructor(private readonly root: string) {
    this.incoming = new IncomingFiles(root);
  }

  put(content: AsyncIterable<Uint8Array>, expected: Expected = {}): Promise<StoredBlob> {
    return this.incoming.receive(content, expected, ({ sha256 }) => this.path(sha256));
  }

  open(sha256: string, range?: ByteRange): Readable {
    return createReadStream(this.path(sha256), range && { start: range.start, end: range.end });
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

  async *list(prefix: string): AsyncGenerator<string> {
    if (!PREFIX.test(prefix)) throw new TypeError(`not two digits of a SHA-256 digest: ${prefix}`);
    for (const second of await namesIn(join(this.root, prefix)))
      for (const name of await namesIn(join(this.root, prefix, second))) if (SHA256.test(name)) yield name;
  }

  ping(): Promise<void> {
    return this.incoming.probe();
  }

  /** Drops what a crash left half received, once it is older than `before`: other processes may be receiving now. */
  sweep(before: Date): Promise<void> {
    return this.incoming.sweep(before);
  }

  /** The digest becomes a path, so nothing else may. */
  private path(sha256: string): string {
    if (!SHA256.test(sha256)) throw new TypeError(`not a SHA-256 digest: ${sha256}`);
    return join(this.root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
