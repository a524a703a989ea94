import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskFloor } from './disk-floor.js';
import { StagedFiles } from './staged-files.js';
import type { PartStore, PutPartOptions, StoredPart } from './part-store.js';

const UPLOAD_ID = /^[0-9a-f-]{36}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Stores parts as files `<upload>/<number>-<sha256>`. The ETag of a part is the digest in its name. */
export class FsPartStore implements PartStore {
  private readonly incoming: StagedFiles;

  /** @param floor - refuses parts for which the disk has too little space */
  constructor(
    private readonly root: string,
    floor?: DiskFloor,
  ) {
    this.incoming = new StagedFiles(root, floor);
  }

  async put(
    upload: string,
    partNumber: number,
    content: AsyncIterable<Uint8Array>,
    { size }: PutPartOptions,
  ): Promise<string> {
    const folder = this.folder(upload);
    const { sha256 } = await this.incoming.receive(content, { size }, (part) =>
      join(folder, fileName({ partNumber, etag: part.sha256 })),
    );
    for (const file of await readdir(folder)) {
      const isReplaced = file.startsWith(`${partNumber}-`) && !file.endsWith(sha256);
      if (isReplaced) await rm(join(folder, file), { force: true });
    }
    return sha256;
  }

  async has(upload: string, part: StoredPart): Promise<boolean> {
    if (!SHA256.test(part.etag)) return false;
    const path = join(this.folder(upload), fileName(part));
    return (await stat(path).catch(() => undefined)) !== undefined;
  }

  async *read(upload: string, parts: readonly StoredPart[]): AsyncGenerator<Uint8Array> {
    const folder = this.folder(upload);
    for (const part of parts) yield* createReadStream(join(folder, fileName(part))) as AsyncIterable<Buffer>;
  }

  async drop(upload: string): Promise<void> {
    await rm(this.folder(upload), { recursive: true, force: true });
  }

  /** Deletes partial files of crashed processes that are older than `before`. */
  sweepIncoming(before: Date): Promise<void> {
    return this.incoming.sweep(before);
  }

  async sweep(before: Date): Promise<void> {
    await this.sweepIncoming(before);
    await mkdir(this.root, { recursive: true });
    for (const upload of await readdir(this.root)) {
      if (!UPLOAD_ID.test(upload)) continue;
      const stats = await stat(this.folder(upload)).catch(() => undefined);
      if (stats && stats.mtime < before) await this.drop(upload);
    }
  }

  /** Only UUIDs may become paths. */
  private folder(upload: string): string {
    if (!UPLOAD_ID.test(upload)) throw new TypeError(`Not an upload ID: ${upload}`);
    return join(this.root, upload);
  }
}

const fileName = ({ partNumber, etag }: StoredPart): string => `${partNumber}-${etag}`;
