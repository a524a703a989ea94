import type { SmallFile } from './file-contents.service.js';

/** Larger files are stored by themselves. */
const MAX_FILE_BYTES = 16 * 1024;
const MAX_BATCH_BYTES = 256 * 1024;
const MAX_BATCH_FILES = 256;

/** A small file, and its position in the commit. */
export interface BatchedFile extends SmallFile {
  readonly index: number;
}

/** Whether a file is stored together with others. */
export const isSmall = (content: Buffer): boolean => content.length <= MAX_FILE_BYTES;

/** Collects the small files of a commit, which are stored together: each by itself takes a query and twenty operations of the file system. */
export class FileBatches {
  private files: BatchedFile[] = [];
  private bytes = 0;

  /** @param store - called with each batch */
  constructor(private readonly store: (files: readonly BatchedFile[]) => Promise<void>) {}

  /** Adds a file, and waits if this completes a batch. */
  async add(file: BatchedFile): Promise<void> {
    this.files.push(file);
    this.bytes += file.content.length;
    if (this.files.length >= MAX_BATCH_FILES || this.bytes >= MAX_BATCH_BYTES) await this.flush();
  }

  /** Stores the files that have not been stored yet. */
  async flush(): Promise<void> {
    const { files } = this;
    this.files = [];
    this.bytes = 0;
    if (files.length > 0) await this.store(files);
  }
}
