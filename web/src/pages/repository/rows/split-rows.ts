import { PAGE_ROWS, type RowFile, type RowPart } from './row-file.js';

/** A page of the rows of several files. */
export interface RowPage extends RowPart {
  /** Number of the first row, beginning with 0. */
  readonly first: number;
  readonly hasNext: boolean;
  /** All rows, if the number is known. */
  readonly total: number | undefined;
  readonly file: string;
  /** Whether further rows of this file cannot be shown. */
  readonly isCut: boolean;
}

/** Files that are opened to find a page. */
const MAX_OPENED = 200;

/** The rows of several files, one after the other. A page has rows of one file. Files are opened when they are needed. */
export class SplitRows {
  private readonly opened: Promise<RowFile>[] = [];

  constructor(
    private readonly paths: readonly string[],
    private readonly open: (index: number) => Promise<RowFile>,
  ) {}

  /**
   * @param page beginning with 0
   * @throws Error if there is no such page, or a file is invalid
   */
  async page(page: number): Promise<RowPage> {
    let [pages, rows] = [0, 0];
    for (const [index, path] of this.paths.entries()) {
      if (index >= MAX_OPENED) throw new Error(`This page is behind the first ${MAX_OPENED} files.`);
      const file = await this.fileAt(index);
      const own = Math.ceil(file.count / PAGE_ROWS);
      if (page < pages + own) return this.read({ file, index, path }, (page - pages) * PAGE_ROWS, rows);
      pages += own;
      rows += file.count;
    }
    if (page > 0) throw new Error(`There are only ${pages} pages.`);
    const empty = { columns: [], rows: [], tooLarge: [], first: 0, hasNext: false, total: 0, isCut: false };
    return { ...empty, file: this.paths[0] ?? '' };
  }

  private async read(
    { file, index, path }: { file: RowFile; index: number; path: string },
    start: number,
    before: number,
  ): Promise<RowPage> {
    const end = Math.min(start + PAGE_ROWS, file.count);
    const isLast = index === this.paths.length - 1;
    return {
      ...(await file.read(start, end)),
      first: before + start,
      hasNext: end < file.count || !isLast,
      total: isLast && file.isComplete ? before + file.count : undefined,
      file: path,
      isCut: !file.isComplete && end === file.count,
    };
  }

  /** A file that could not be opened is opened again by the next call. */
  private fileAt(index: number): Promise<RowFile> {
    const file = (this.opened[index] ??= this.open(index));
    file.catch(() => delete this.opened[index]);
    return file;
  }
}
