import papaparse from 'papaparse';
import { cellText, MAX_ROWS, type TableHead } from './table-cells';

/**
 * The first rows of a CSV, TSV or JSON Lines file.
 * @param truncated whether the file is longer than the text, so that the last line may be incomplete
 */
export function readTextTable(path: string, text: string, truncated: boolean): TableHead {
  const { columns, rows } = /\.(?:jsonl|ndjson)$/i.test(path)
    ? parseJsonLines(text, truncated)
    : parseSeparated(text, truncated);
  const more = truncated || rows.length > MAX_ROWS;
  const visible = rows.slice(0, MAX_ROWS);
  return {
    columns: columns.map((name) => ({ name })),
    rows: visible,
    note: more ? `The first ${visible.length} rows` : `${visible.length} ${visible.length === 1 ? 'row' : 'rows'}`,
  };
}

interface ParsedTable {
  readonly columns: readonly string[];
  readonly rows: readonly string[][];
}

function parseSeparated(text: string, truncated: boolean): ParsedTable {
  const { data } = papaparse.parse<string[]>(text, { preview: MAX_ROWS + 2, skipEmptyLines: true });
  const complete = truncated && data.length < MAX_ROWS + 2 ? data.slice(0, -1) : data;
  const [columns = [], ...rows] = complete;
  return { columns, rows: rows.map((row) => row.map(cellText)) };
}

/** @throws Error with the number of the first invalid line */
function parseJsonLines(text: string, truncated: boolean): ParsedTable {
  const lines = text.split('\n').slice(0, truncated ? -1 : undefined);
  const nonEmpty = lines.filter((line) => line.trim() !== '').slice(0, MAX_ROWS + 1);
  const values = nonEmpty.map((line, index) => parseLine(line, index + 1));
  const columns = [...new Set(values.flatMap((value) => Object.keys(value)))];
  return { columns, rows: values.map((value) => columns.map((column) => cellText(value[column]))) };
}

function parseLine(line: string, number: number): Record<string, unknown> {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : { value };
  } catch (error) {
    throw new Error(`Line ${number} is not valid JSON: ${(error as Error).message}`);
  }
}
