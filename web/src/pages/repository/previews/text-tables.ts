import papaparse from 'papaparse';
import { cellText, MAX_ROWS, type TableHead } from './table-cells';

/**
 * The first rows of a table that is text.
 * @param cut whether the text ends before the file does: its last line may be half a one
 */
export function readTextTable(path: string, text: string, cut: boolean): TableHead {
  const { columns, rows } = /\.(?:jsonl|ndjson)$/i.test(path) ? readLines(text, cut) : readSeparated(text, cut);
  const more = cut || rows.length > MAX_ROWS;
  const shown = rows.slice(0, MAX_ROWS);
  return {
    columns: columns.map((name) => ({ name })),
    rows: shown,
    note: more ? `The first ${shown.length} rows` : `${shown.length} ${shown.length === 1 ? 'row' : 'rows'}`,
  };
}

interface Read {
  readonly columns: readonly string[];
  readonly rows: readonly string[][];
}

function readSeparated(text: string, cut: boolean): Read {
  const { data } = papaparse.parse<string[]>(text, { preview: MAX_ROWS + 2, skipEmptyLines: true });
  const whole = cut && data.length < MAX_ROWS + 2 ? data.slice(0, -1) : data;
  const [columns = [], ...rows] = whole;
  return { columns, rows: rows.map((row) => row.map(cellText)) };
}

/** @throws Error naming the line that is no JSON */
function readLines(text: string, cut: boolean): Read {
  const lines = text.split('\n').slice(0, cut ? -1 : undefined);
  const filled = lines.filter((line) => line.trim() !== '').slice(0, MAX_ROWS + 1);
  const values = filled.map((line, index) => parseLine(line, index + 1));
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
    throw new Error(`Line ${number} is no JSON: ${(error as Error).message}`);
  }
}
