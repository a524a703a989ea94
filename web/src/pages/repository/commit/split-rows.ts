import type { DiffLine } from './parse-diff.js';

/** A row of two columns: the line before and after the change; `undefined` where the other side has more lines. */
export interface SplitRow {
  readonly before: DiffLine | undefined;
  readonly after: DiffLine | undefined;
}

/** Places deleted lines next to the added lines that replace them. Notes are left out. */
export function splitRows(lines: readonly DiffLine[]): SplitRow[] {
  const rows: SplitRow[] = [];
  let deleted: DiffLine[] = [];
  let added: DiffLine[] = [];
  const addChanges = (): void => {
    for (let n = 0; n < Math.max(deleted.length, added.length); n++) rows.push({ before: deleted[n], after: added[n] });
    deleted = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === 'deleted') {
      if (added.length > 0) addChanges();
      deleted.push(line);
    } else if (line.kind === 'added') added.push(line);
    else if (line.kind === 'same') {
      addChanges();
      rows.push({ before: line, after: line });
    }
  }
  addChanges();
  return rows;
}
