import { structuredPatch, type StructuredPatchHunk } from 'diff';

/** Lines around a change. */
const CONTEXT = 3;
/** Milliseconds after which the lines of two texts that have little in common are not compared further. */
const TIMEOUT = 200;

/** A part of two texts with changes: the numbers of its first lines, and its lines, each after `+`, `-`, a space or a backslash. */
export type Hunk = StructuredPatchHunk;

/** The changes from one text to another; undefined if the texts are too different. */
export const compareLines = (before: string, after: string): readonly Hunk[] | undefined =>
  structuredPatch('', '', before, after, '', '', { context: CONTEXT, timeout: TIMEOUT })?.hunks;
