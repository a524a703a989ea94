import type { QueryPairs } from './query.js';

/** The reason why a decoded segment must not be part of an upstream URL or a local path; undefined if it may (invariant 6). */
export function segmentError(segment: string): string | undefined {
  if (segment.includes('\0')) return 'contains a NUL character';
  if (segment.includes('\\')) return 'contains a backslash';
  if (/\p{Cs}/u.test(segment)) return 'is not well-formed Unicode'; // a lone surrogate has no encoding
  for (const piece of segment.split('/')) {
    if (piece === '') return 'is empty';
    if (piece === '.' || piece === '..') return `is "${piece}"`;
  }
  return undefined;
}

/** Encodes each segment once. The path starts with a slash. */
export const encodePath = (segments: readonly string[]): string =>
  segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');

/** Encodes a query, with the leading `?`; empty without pairs. */
export const encodeQuery = (pairs: QueryPairs): string => (pairs.length === 0 ? '' : `?${encodeForm(pairs)}`);

/** Encodes a form body (`application/x-www-form-urlencoded`). */
export const encodeForm = (pairs: QueryPairs): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
