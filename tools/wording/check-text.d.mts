import type { Rule } from './rules.mjs';

export interface Hit {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly rule: string;
  readonly place: string;
  readonly found: string;
  readonly use: string;
  readonly text: string;
  readonly at: number;
}
/** Every use of a banned word or name in a file. */
export function checkText(file: string, source: string, rules: readonly Rule[]): Hit[];
