/** Rows per page. */
export const PAGE_ROWS = 100;

/** A column of a table. */
export interface Column {
  readonly name: string;
  /** The type as the file or the card describes it: `int64`, `image`, … Unknown for text files. */
  readonly type?: string;
  /** Names of the values 0, 1, … of a class label. */
  readonly classNames?: readonly string[];
}

/** Consecutive rows of a table. */
export interface RowPart {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly unknown[])[];
  /** Names of columns that are left out. */
  readonly tooLarge: readonly string[];
}

/** A file whose rows can be read. */
export interface RowFile {
  /** Rows that can be read. */
  readonly count: number;
  /** Whether these are all rows of the file. Only the beginning of a text file is read. */
  readonly isComplete: boolean;
  /** @param end exclusive, at most `count` */
  read(start: number, end: number): Promise<RowPart>;
}
