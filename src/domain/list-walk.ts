import { createHash } from 'node:crypto';
import type { AttemptCategory } from './attempt.js';
import type { ListEntries, ListQuery } from './list.js';
import type { QueryPairs } from './query.js';
import type { Source } from './source.js';

/** Position in a source's list: a page and the number of entries taken from it. */
export interface SourcePosition {
  readonly page: QueryPairs;
  readonly taken: number;
  /** Mark of the last entry taken. If it has moved, the page has changed in between. */
  readonly last?: string;
}

/** The last local repository listed: its sort value as the database formats it, and its key. */
export interface LocalPosition {
  readonly value: string;
  readonly key: string;
}

/** Position in a merged list. Encoded as the cursor, so the hub keeps no state; the field names are part of the cursor's format. */
export interface ListWalk {
  /** `listMark` of the query; a cursor is only valid for the same query. */
  readonly listMark: string;
  /** Undefined before the first local repository, null after the last one. */
  readonly local?: LocalPosition | null;
  /** By `sourceMark`: position in the source's list, null after its end, or how the source failed. */
  readonly sources: Readonly<Record<string, SourcePosition | AttemptCategory | null>>;
  /** By `sourceMark`: marks of the repositories already listed from it, oldest first, to skip them in other sources. */
  readonly shown: Readonly<Record<string, readonly string[]>>;
}

/**
 * Number of listed repositories in a cursor; the oldest are dropped. A repository that a second source lists more than this many
 * entries later is listed twice. Keeps cursors below the usual limit of proxies for a request line (8 kB).
 */
export const MAX_SHOWN_MARKS = 800;

const digest = (text: string, bytes: number): string =>
  createHash('sha256').update(text).digest().subarray(0, bytes).toString('base64url');

/** Hash of an id, ignoring case: seven characters. The probability that one of 10 000 ids collides with one of 800 marks is about 1 in 100 000. */
export const entryMark = (id: string): string => digest(id.toLowerCase(), 5).slice(0, 7);

/** Identifies a source in cursors; changes with the source's URL. */
export const sourceMark = ({ key, url }: Pick<Source, 'key' | 'url'>): string => digest(`${key} ${url}`, 6);

/** Identifies the query that a cursor belongs to. */
export const listMark = (query: ListQuery): string => digest(JSON.stringify(query), 9);

/** The position after the first `taken` entries of a page. */
export function positionAfter(page: QueryPairs, entries: ListEntries, taken: number): SourcePosition {
  const last = entries[taken - 1];
  return { page, taken, ...(last && { last: entryMark(last.id) }) };
}

/** Number of entries of a page to skip, even if entries were added or removed in between. */
export function resumeIndex(entries: ListEntries, { taken, last }: SourcePosition): number {
  const at = (n: number): string | undefined => entries[n] && entryMark(entries[n].id);
  if (last === undefined || at(taken - 1) === last) return Math.min(taken, entries.length);
  const index = entries.findIndex((_, n) => at(n) === last);
  return index < 0 ? Math.min(taken, entries.length) : index + 1;
}

/** The marks that later pages need: of repositories that another unfinished source may list, up to the limit of a cursor. */
export function remembered(shown: ListWalk['shown'], unfinished: readonly string[]): ListWalk['shown'] {
  const useful = Object.keys(shown).filter((mark) => unfinished.some((other) => other !== mark));
  const share = Math.floor(MAX_SHOWN_MARKS / Math.max(1, useful.length));
  return Object.fromEntries(useful.map((mark) => [mark, shown[mark]!.slice(-share)]));
}
