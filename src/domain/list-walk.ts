import { createHash } from 'node:crypto';
import type { AttemptCategory } from './attempt.js';
import type { ListEntries, ListQuestion } from './list.js';
import type { QueryPairs } from './query.js';
import type { Source } from './source.js';

/** How far into a source's list a walk has come: that many entries of the page that these parameters ask for. */
export interface SourcePlace {
  readonly page: QueryPairs;
  readonly taken: number;
  /** Mark of the last one of them: where it is found there, the page has moved on by as much. */
  readonly last?: string;
}

/** The last of the hub's own repositories that was shown: what it is sorted by, exactly as the database writes it, and its key. */
export interface LocalPlace {
  readonly value: string;
  readonly key: string;
}

/** How far a walk through a list has come. Everything that the next page depends on is here; the hub itself remembers nothing. */
export interface ListWalk {
  /** As `listMark`: a walk goes on with the question with which it began. */
  readonly question: string;
  /** Absent before the first of them, null after the last. */
  readonly local?: LocalPlace | null;
  /** By `sourceMark`: where the source's list goes on, null after its end, or how the source has failed. */
  readonly sources: Readonly<Record<string, SourcePlace | AttemptCategory | null>>;
  /** By `sourceMark`: marks of the repositories shown from it, oldest first, since another source may have them too. */
  readonly shown: Readonly<Record<string, readonly string[]>>;
}

/**
 * How many shown repositories a walk remembers. Above it the oldest are forgotten; a repository that a second source lists more than so
 * many entries later would be shown again. The cursor stays below what proxies take as a request line (8 kB).
 */
export const MOST_REMEMBERED = 800;

const digest = (text: string, bytes: number): string =>
  createHash('sha256').update(text).digest().subarray(0, bytes).toString('base64url');

/** Seven characters for an id in whatever case: one of 10 000 is taken for one of 800 remembered with a chance of 1 in 100 000. */
export const entryMark = (id: string): string => digest(id.toLowerCase(), 5).slice(0, 7);

/** A source as cursors name it: another one in its place is another. */
export const sourceMark = ({ key, url }: Pick<Source, 'key' | 'url'>): string => digest(`${key} ${url}`, 6);

/** What a cursor belongs to. */
export const listMark = (question: ListQuestion): string => digest(JSON.stringify(question), 9);

/** The place after so many of a page's entries. */
export function placeAfter(page: QueryPairs, entries: ListEntries, taken: number): SourcePlace {
  const last = entries[taken - 1];
  return { page, taken, ...(last && { last: entryMark(last.id) }) };
}

/** How many of a page's entries are done with, when something may have come before or gone since. */
export function resumeAt(entries: ListEntries, { taken, last }: SourcePlace): number {
  const at = (n: number): string | undefined => entries[n] && entryMark(entries[n].id);
  if (last === undefined || at(taken - 1) === last) return Math.min(taken, entries.length);
  const found = entries.findIndex((_, n) => at(n) === last);
  return found < 0 ? Math.min(taken, entries.length) : found + 1;
}

/** What is still worth remembering: while another source goes on, and as much as a cursor has room for. */
export function remembered(shown: ListWalk['shown'], live: readonly string[]): ListWalk['shown'] {
  const useful = Object.keys(shown).filter((mark) => live.some((other) => other !== mark));
  const share = Math.floor(MOST_REMEMBERED / Math.max(1, useful.length));
  return Object.fromEntries(useful.map((mark) => [mark, shown[mark]!.slice(-share)]));
}
