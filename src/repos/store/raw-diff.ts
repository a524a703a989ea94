import type { ChangedFile } from './compare-trees.js';

/** The content of a changed file. */
export interface ComparedContent {
  /** Size of the file after the change; of a deleted file, before it. For an LFS object, the size of its content. */
  readonly size: number;
  readonly isBinary: boolean;
}

const NO_MODE = '000000';
const NO_ID = '0'.repeat(40);

/** A line of huggingface.co's raw diff: git's raw format (gitdiffcore, "Raw output format") after the kind and size of the file. */
export function rawDiffLine({ path, before, after }: ChangedFile, { size, isBinary }: ComparedContent): string {
  const modes = `${before?.mode ?? NO_MODE} ${after?.mode ?? NO_MODE}`;
  const ids = `${before?.oid ?? NO_ID}... ${after?.oid ?? NO_ID}...`;
  return `${isBinary ? 'B' : 'T'} ${size}\t:${modes} ${ids} ${statusOf(before?.mode, after?.mode)}\t${quoted(path)}\n`;
}

function statusOf(before: string | undefined, after: string | undefined): 'A' | 'D' | 'M' | 'T' {
  if (before === undefined) return 'A';
  if (after === undefined) return 'D';
  return before.slice(0, 3) === after.slice(0, 3) ? 'M' : 'T'; // another type of file, such as a symbolic link
}

/** Paths that would not fit into a line are quoted, as git does. */
export const quoted = (path: string): string => (/[\t\n\r"\\]/.test(path) ? JSON.stringify(path) : path);
