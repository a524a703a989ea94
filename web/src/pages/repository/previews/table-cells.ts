import { decodeText } from './decode-text';

/** The first rows of a table. */
export interface TableHead {
  readonly columns: readonly { readonly name: string; readonly type?: string }[];
  readonly rows: readonly (readonly string[])[];
  /** Text above the table: the number of rows, and columns that are left out. */
  readonly note: string;
}

export const MAX_ROWS = 100;
const MAX_CELL_LENGTH = 600;

/** Text of a cell: shortened, and only the size of binary values. */
export function cellText(value: unknown): string {
  const text = typeof value === 'string' ? value : toText(value);
  return text.length > MAX_CELL_LENGTH ? `${text.slice(0, MAX_CELL_LENGTH)}…` : text;
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Uint8Array) return bytesText(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') return JSON.stringify(value, jsonReplacer);
  return String(value as number | bigint | boolean);
}

const jsonReplacer = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint8Array ? bytesText(value) : value;
};

function bytesText(bytes: Uint8Array): string {
  const decoded = decodeText(bytes);
  return decoded?.encoding === 'UTF-8' ? decoded.text : `<${bytes.length} bytes>`;
}
