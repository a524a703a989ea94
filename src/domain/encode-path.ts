import type { QueryPairs } from './query.js';

/** Why a decoded segment may not become part of an upstream URL or a local path; undefined when it may (law 6). */
export function segmentFault(segment: string): string | undefined {
  if (segment.includes('\0')) return 'contains a NUL character';
  if (segment.includes('\\')) return 'contains a backslash';
  if (/\p{Cs}/u.test(segment)) return 'is not well-formed Unicode'; // half a surrogate pair has no encoding
  for (const piece of segment.split('/')) {
    if (piece === '') return 'is empty';
    if (piece === '.' || piece === '..') return `is "${piece}"`;
  }
  return undefined;
}

/** A path from decoded segments, each encoded exactly once; it starts with a slash. */
export const encodePath = (segments: readonly string[]): string =>
  segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');

/** A query from decoded pairs, with its question mark; empty for no pairs. */
export const encodeQuery = (pairs: QueryPairs): string => (pairs.length === 0 ? '' : `?${encodeForm(pairs)}`);

/** A form body from decoded pairs. */
export const encodeForm = (pairs: QueryPairs): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
