import { isText } from './preview-kind';

/** The beginning of a table. */
export interface TableHead {
  readonly columns: readonly { readonly name: string; readonly type?: string }[];
  readonly rows: readonly (readonly string[])[];
  /** What else there is to say: how many rows there are, what is not shown. */
  readonly note: string;
}

export const MAX_ROWS = 100;
const MAX_CELL_LENGTH = 600;

/** A value as a cell shows it: short, and never a wall of bytes. */
export function cellText(value: unknown): string {
  const text = typeof value === 'string' ? value : toText(value);
  return text.length > MAX_CELL_LENGTH ? `${text.slice(0, MAX_CELL_LENGTH)}…` : text;
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Uint8Array) return bytesText(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') return JSON.stringify(value, plain);
  return String(value as number | bigint | boolean);
}

const plain = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint8Array ? bytesText(value) : value;
};

const bytesText = (bytes: Uint8Array): string =>
  isText(bytes) ? new TextDecoder().decode(bytes) : `<${bytes.length} bytes>`;
