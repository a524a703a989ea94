import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OWNER_MARK, type OwnerMark } from './owner-mark.js';

const HEX_PREFIX = /^[0-9a-f]{2}$/;

/** The owner mark of a folder of blobs, which several replicas may share. */
export class FsOwnerMark implements OwnerMark {
  readonly place: string;
  private readonly file: string;

  /** @param root - the folder of `FsBlobStore` */
  constructor(private readonly root: string) {
    this.place = `the folder ${root}`;
    this.file = join(root, OWNER_MARK);
  }

  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.file, 'utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async create(text: string): Promise<boolean> {
    const draft = await this.writeDraft(text);
    try {
      await link(draft, this.file); // fails if the file exists
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
  }

  async replace(text: string): Promise<void> {
    await rename(await this.writeDraft(text), this.file);
  }

  async hasContent(): Promise<boolean> {
    for (const folder of await namesIn(this.root))
      if (HEX_PREFIX.test(folder))
        for (const subfolder of await namesIn(join(this.root, folder)))
          if ((await namesIn(join(this.root, folder, subfolder))).length > 0) return true;
    return false;
  }

  private async writeDraft(text: string): Promise<string> {
    await mkdir(this.root, { recursive: true });
    const draft = `${this.file}.${randomUUID()}`;
    await writeFile(draft, text, { flag: 'wx', flush: true });
    return draft;
  }
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
