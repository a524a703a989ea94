import { isUtf8 } from 'node:buffer';
import { compareLines, type Hunk } from '../../platform/text/compare-lines.js';
import type { ChangedFile } from './compare-trees.js';
import { quoted } from './raw-diff.js';

/** Longer files, in bytes, are not compared line by line. */
export const MAX_COMPARED_BYTES = 1024 ** 2;
/** The contents of a changed file before and after the change; undefined for one that is not compared line by line. */
export interface ChangedContents {
  readonly before: Buffer | undefined;
  readonly after: Buffer | undefined;
}

/**
 * A file in a unified diff, as `git diff` prints it. Files that are binary, longer than {@link MAX_COMPARED_BYTES} or too different have the
 * line "Binary files … differ" instead of their changes.
 */
export function unifiedDiff({ path, before, after }: ChangedFile, contents: ChangedContents): string {
  const [from, to] = [quoted(`a/${path}`), quoted(`b/${path}`)];
  const head = [`diff --git ${from} ${to}`];
  if (!before) head.push(`new file mode ${after!.mode}`);
  else if (!after) head.push(`deleted file mode ${before.mode}`);
  else if (before.mode !== after.mode) head.push(`old mode ${before.mode}`, `new mode ${after.mode}`);
  if (before?.oid === after?.oid) return lines(head);
  const mode = before?.mode === after?.mode ? ` ${after!.mode}` : '';
  head.push(`index ${short(before?.oid)}..${short(after?.oid)}${mode}`);
  const [old, now] = [before ? from : '/dev/null', after ? to : '/dev/null'];
  const hunks = hunksOf(contents);
  if (hunks === undefined) return lines([...head, `Binary files ${old} and ${now} differ`]);
  if (hunks.length === 0) return lines(head); // an empty file
  return lines([...head, `--- ${old}`, `+++ ${now}`, ...hunks.flatMap(hunkLines)]);
}

function hunksOf({ before, after }: ChangedContents): readonly Hunk[] | undefined {
  const [old, now] = [textOf(before), textOf(after)];
  return old === undefined || now === undefined ? undefined : compareLines(old, now);
}

/** As in git, a file with a NUL is binary; and one that is not UTF-8, because the diff is. */
const textOf = (content: Buffer | undefined): string | undefined =>
  content === undefined || content.includes(0) || !isUtf8(content) ? undefined : content.toString();

function hunkLines({ oldStart, oldLines, newStart, newLines, lines: changed }: Hunk): string[] {
  return [`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`, ...changed];
}

/** Git leaves out a count of one, and counts from the line before a range without lines. */
const range = (start: number, count: number): string =>
  count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`;

const short = (oid: string | undefined): string => (oid ?? '0'.repeat(40)).slice(0, 7);

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
