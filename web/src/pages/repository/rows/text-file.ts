import papaparse from 'papaparse';
import type { RowFile } from './row-file.js';

/** Further rows are not shown, to bound the memory. */
const MAX_ROWS = 10_000;

interface ParsedTable {
  readonly names: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/**
 * The rows of a CSV, TSV, JSON or JSON Lines file.
 * @param truncated whether the file is longer than the text, so that the last line may be incomplete
 * @throws Error with the number of the first invalid line
 */
export function openText(path: string, text: string, truncated: boolean): RowFile {
  const { names, rows } = parse(path, text, truncated);
  const columns = names.map((name) => ({ name }));
  const visible = rows.slice(0, MAX_ROWS);
  return {
    count: visible.length,
    isComplete: !truncated && rows.length === visible.length,
    read: (start, end) => Promise.resolve({ columns, rows: visible.slice(start, end), tooLarge: [] }),
  };
}

function parse(path: string, text: string, truncated: boolean): ParsedTable {
  if (/\.(?:jsonl|ndjson)$/i.test(path)) return tableOf(parseLines(text, truncated));
  return /\.json$/i.test(path) ? parseJson(text, truncated) : parseSeparated(text, truncated);
}

function parseSeparated(text: string, truncated: boolean): ParsedTable {
  const { data } = papaparse.parse<string[]>(text, { preview: MAX_ROWS + 2, skipEmptyLines: true });
  const complete = truncated && data.length < MAX_ROWS + 2 ? data.slice(0, -1) : data;
  const [names = [], ...rows] = complete;
  return { names, rows };
}

function parseLines(text: string, truncated: boolean): unknown[] {
  const lines = text.split('\n').slice(0, truncated ? -1 : undefined);
  const nonEmpty = lines.filter((line) => line.trim() !== '').slice(0, MAX_ROWS + 1);
  return nonEmpty.map((line, index) => parseLine(line, index + 1));
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new Error(`Line ${number} is not valid JSON: ${(error as Error).message}`);
  }
}

/** A list of rows, or an object with one such list, such as `{"data": […]}`. Some files with this extension are JSON Lines. */
function parseJson(text: string, truncated: boolean): ParsedTable {
  const value = truncated ? undefined : parseWhole(text);
  if (value === undefined) return tableOf(parseLines(text, truncated));
  const lists = Array.isArray(value) ? [value] : Object.values(value).filter(Array.isArray);
  if (lists.length !== 1) throw new Error('The file is not a list of rows.');
  return tableOf(lists[0] as unknown[]);
}

function parseWhole(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function tableOf(values: readonly unknown[]): ParsedTable {
  const records = values.map((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? new Map(Object.entries(value))
      : new Map([['value', value]]),
  );
  const names = [...new Set(records.flatMap((record) => [...record.keys()]))] as string[];
  return { names, rows: records.map((record) => names.map((name) => record.get(name) as unknown)) };
}
