import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Expected, StoredBlob } from './blob-store.js';
import { verifyContent } from './verify-content.js';

/** Files on their way in: under a name that nobody looks at, until they are whole, right and on the disk. */
export class IncomingFiles {
  private readonly folder: string;

  /** @param root a file gets its name in this folder or below */
  constructor(private readonly root: string) {
    this.folder = join(root, 'incoming');
  }

  /**
   * Receives a file and gives it the name that `place` chooses for what has come. Whatever goes wrong, nothing is left.
   * @throws HubError `BadRequest`, `PayloadTooLarge` for content that is not as expected; errors of the file system
   */
  async receive(
    content: AsyncIterable<Uint8Array>,
    expected: Expected,
    place: (stored: StoredBlob) => string,
  ): Promise<StoredBlob> {
    const incoming = join(this.folder, randomUUID());
    await mkdir(this.folder, { recursive: true });
    try {
      const digest = verifyContent(content, expected);
      // flush: the bytes are on the disk before the name is
      await writeFile(incoming, digest.content, { flag: 'wx', flush: true });
      const stored = digest.result();
      await this.publish(incoming, place(stored));
      return stored;
    } finally {
      await rm(incoming, { force: true });
    }
  }

  /** Drops what a crash left half received, once it is older than `before`: other processes may be receiving now. */
  async sweep(before: Date): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      const left = await stat(path).catch(() => undefined); // another process finished it meanwhile
      if (left && left.mtime < before) await rm(path, { force: true });
    }
  }

  /** Can files come in? @throws the file system's error */
  async probe(): Promise<void> {
    const probe = join(this.folder, randomUUID());
    await mkdir(this.folder, { recursive: true });
    try {
      await writeFile(probe, 'x', { flag: 'wx' });
    } finally {
      await rm(probe, { force: true });
    }
  }

  /** A new name is durable when its folder is; so is a new folder's in the one above, up to the root. */
  private async publish(from: string, to: string): Promise<void> {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
    for (let folder = dirname(to); folder.length >= this.root.length; folder = dirname(folder))
      await syncFolder(folder);
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
