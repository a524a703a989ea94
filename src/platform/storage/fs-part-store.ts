import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IncomingFiles } from './incoming-files.js';
import type { PartStore, StoredPart } from './part-store.js';

const UPLOAD = /^[0-9a-f-]{36}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Parts as files `<upload>/<number>-<sha256>`: the ETag is in the name, so nothing else has to be remembered. */
export class FsPartStore implements PartStore {
  private readonly incoming: IncomingFiles;

  constructor(private readonly root: string) {
    this.incoming = new IncomingFiles(root);
  }

  async put(upload: string, partNumber: number, content: AsyncIterable<Uint8Array>, size: number): Promise<string> {
    const folder = this.folder(upload);
    const { sha256 } = await this.incoming.receive(content, { size }, (part) =>
      join(folder, nameOf({ partNumber, etag: part.sha256 })),
    );
    for (const other of await readdir(folder)) {
      const replaced = other.startsWith(`${partNumber}-`) && !other.endsWith(sha256);
      if (replaced) await rm(join(folder, other), { force: true });
    }
    return sha256;
  }

  async has(upload: string, part: StoredPart): Promise<boolean> {
    if (!SHA256.test(part.etag)) return false;
    const path = join(this.folder(upload), nameOf(part));
    return (await stat(path).catch(() => undefined)) !== undefined;
  }

  async *read(upload: string, parts: readonly StoredPart[]): AsyncGenerator<Uint8Array> {
    const folder = this.folder(upload);
    for (const part of parts) yield* createReadStream(join(folder, nameOf(part))) as AsyncIterable<Buffer>;
  }

  async drop(upload: string): Promise<void> {
    await rm(this.folder(upload), { recursive: true, force: true });
  }

  async sweep(before: Date): Promise<void> {
    await this.incoming.sweep(before);
    await mkdir(this.root, { recursive: true });
    for (const upload of await readdir(this.root)) {
      if (!UPLOAD.test(upload)) continue;
      const found = await stat(this.folder(upload)).catch(() => undefined);
      if (found && found.mtime < before) await this.drop(upload);
    }
  }

  /** The upload's name becomes a path, so nothing but a UUID may. */
  private folder(upload: string): string {
    if (!UPLOAD.test(upload)) throw new TypeError(`not an upload's name: ${upload}`);
    return join(this.root, upload);
  }
}

const nameOf = ({ partNumber, etag }: StoredPart): string => `${partNumber}-${etag}`;
