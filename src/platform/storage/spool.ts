import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const READ_BYTES = 256 * 1024;

/** A temporary file for content that is too large for memory. It has no name, so the system deletes it when it is closed. */
export class Spool {
  private length = 0;

  private constructor(private readonly file: FileHandle) {}

  /** @param folder - should be on the same disk as the final location of the content */
  static async in(folder: string): Promise<Spool> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, randomUUID());
    const file = await open(path, 'wx+');
    // unlinked at once, so that the space is freed even if the process crashes
    await rm(path).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    return new Spool(file);
  }

  /** Appends bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, at, bytes.length - at, this.length);
      at += bytesWritten;
      this.length += bytesWritten;
    }
  }

  /** Number of bytes written so far. */
  get size(): number {
    return this.length;
  }

  /** Reads the content from a position. May be called more than once, also while more is written. */
  async *read(from = 0): AsyncGenerator<Buffer> {
    for (let at = from; at < this.length;) {
      const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, at);
      if (bytesRead === 0) throw new Error('Spool file is shorter than the data written to it');
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** Creates spool files in a configured folder. */
export class SpoolDirectory {
  constructor(private readonly path: string) {}

  open(): Promise<Spool> {
    return Spool.in(this.path);
  }
}
