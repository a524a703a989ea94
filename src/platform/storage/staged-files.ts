import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { forEachConcurrently } from '../async/for-each-concurrently.js';
import type { Expected, StoredBlob } from './blob-store.js';
import { aboveFloor, type DiskFloor } from './disk-floor.js';
import { joinPieces } from './join-pieces.js';
import { verifyContent } from './verify-content.js';

/** Pieces that files are written in. */
const WRITE_BYTES = 256 * 1024;

/** Operations of `receiveAll` that run at the same time, so that other requests can use the disk as well. */
const CONCURRENT_FILES = 8;

/** A file whose content is in memory. */
export interface SmallFile {
  readonly content: Uint8Array;
  /** The path that it is moved to. */
  readonly to: string;
}

/** Receives files under temporary names in `incoming/`, until they are complete, verified and durable. */
export class StagedFiles {
  private readonly folder: string;

  /**
   * @param root - folder that files are moved into when they are complete
   * @param floor - refuses files for which the disk has too little space
   */
  constructor(
    private readonly root: string,
    private readonly floor?: DiskFloor,
  ) {
    this.folder = join(root, 'incoming');
  }

  /**
   * Receives a file and moves it to the path that `place` returns. If anything fails, the temporary file is deleted.
   * @throws HubError `BadRequest` or `PayloadTooLarge` if the content is not as expected, `StorageFull` before it is read; errors of the
   * file system
   */
  async receive(
    content: AsyncIterable<Uint8Array>,
    expected: Expected,
    place: (stored: StoredBlob) => string,
  ): Promise<StoredBlob> {
    const incoming = join(this.folder, randomUUID());
    await mkdir(this.folder, { recursive: true });
    try {
      const allowed = this.floor ? aboveFloor(content, this.floor, expected.size) : content;
      const verified = verifyContent(allowed, expected);
      // flush: the bytes are on disk before the final name exists
      await writeFile(incoming, joinPieces(verified.content, WRITE_BYTES), { flag: 'wx', flush: true });
      const stored = verified.result();
      await this.publish(incoming, place(stored));
      return stored;
    } finally {
      await rm(incoming, { force: true });
    }
  }

  /**
   * Receives small files together. They are written, synced and renamed in this order, so that the file system has to sync its journal less
   * often than if each went through all steps by itself. If this fails, the temporary files are deleted.
   * @throws HubError `StorageFull` before anything is written; errors of the file system
   */
  async receiveAll(files: readonly SmallFile[]): Promise<void> {
    const use = await this.floor?.begin(files.reduce((sum, { content }) => sum + content.byteLength, 0));
    const staged = files.map((file) => ({ ...file, incoming: join(this.folder, randomUUID()) }));
    await mkdir(this.folder, { recursive: true });
    const handles: FileHandle[] = [];
    try {
      await forEach(staged, async ({ incoming, content }) => {
        const handle = await open(incoming, 'wx');
        handles.push(handle);
        await handle.writeFile(content);
      });
      await forEach(handles, (handle) => handle.sync());
      await forEach(staged, ({ incoming, to }) => moveTo(incoming, to));
      const folders = new Set(files.flatMap(({ to }) => this.foldersOf(to)));
      await forEach([...folders], sync);
    } catch (error) {
      await forEach(staged, ({ incoming }) => rm(incoming, { force: true }));
      throw error;
    } finally {
      await forEach(handles, (handle) => handle.close());
      use?.end();
    }
  }

  /** Moves a complete file to its path, after its bytes are on the disk. */
  async adopt(from: string, to: string): Promise<void> {
    await sync(from);
    await this.publish(from, to);
  }

  /** Deletes partial files of crashed processes. Files newer than `before` are kept, because other processes may be writing them. */
  async sweep(before: Date): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      const stats = await stat(path).catch(() => undefined); // another process may have moved it
      if (stats && stats.mtime < before) await rm(path, { force: true });
    }
  }

  /**
   * Checks whether files can be written.
   * @throws the error of the file system
   */
  async probe(): Promise<void> {
    const probe = join(this.folder, randomUUID());
    await mkdir(this.folder, { recursive: true });
    try {
      await writeFile(probe, 'x', { flag: 'wx' });
    } finally {
      await rm(probe, { force: true });
    }
  }

  /** A new file name is only durable once its folder and all new parent folders are synced. */
  private async publish(from: string, to: string): Promise<void> {
    await moveTo(from, to);
    for (const folder of this.foldersOf(to)) await sync(folder);
  }

  /** The folder of a path and those above it, up to the root. */
  private foldersOf(path: string): string[] {
    const folders: string[] = [];
    for (let folder = dirname(path); folder.length >= this.root.length; folder = dirname(folder)) folders.push(folder);
    return folders;
  }
}

/** Does something with each file or folder. When this returns, nothing is in progress. */
const forEach = <T>(items: readonly T[], job: (item: T) => Promise<void>): Promise<void> =>
  forEachConcurrently(items, CONCURRENT_FILES, job);

/** Renames a file. Creates the folder, which mostly exists. */
async function moveTo(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
  }
}

/** Waits until a file or folder is on the disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
