import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const PIECE_BYTES = 256 * 1024;

/** Bytes that are too many for memory, until it is known what they are. They lie in a file without a name, gone once closed. */
export class Spool {
  private length = 0;

  private constructor(private readonly file: FileHandle) {}

  /** In a folder of the same disk that the bytes will go to. */
  static async in(folder: string): Promise<Spool> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, randomUUID());
    const file = await open(path, 'wx+');
    // the name goes at once: whatever ends the process, the system frees the bytes
    await rm(path).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    return new Spool(file);
  }

  /** Adds to the end. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, at, bytes.length - at, this.length);
      at += bytesWritten;
      this.length += bytesWritten;
    }
  }

  /** Everything from the beginning, as often as it is asked for. */
  async *read(): AsyncGenerator<Buffer> {
    for (let at = 0; at < this.length;) {
      const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES, at);
      if (bytesRead === 0) throw new Error('the spool is shorter than what was written to it');
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** Where spools lie: injected, since it follows from the configuration. */
export class SpoolFolder {
  constructor(private readonly path: string) {}

  open(): Promise<Spool> {
    return Spool.in(this.path);
  }
}
