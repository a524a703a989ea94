import type { QueryPairs } from '../../domain/query.js';
import type { UpstreamRequest } from '../../domain/upstream.js';

/** A GET whose reply is JSON, with redirects on the source's own origin followed. */
export const getJson = (segments: readonly string[], query: QueryPairs = []): UpstreamRequest => ({
  method: 'GET',
  segments,
  query,
  expects: 'json',
  follow: 'always',
});

/** A GET of one page: the page's parameters replace others of the same names. */
export function getPage(segments: readonly string[], query: QueryPairs, page: QueryPairs): UpstreamRequest {
  const replaced = new Set(page.map(([name]) => name));
  return getJson(segments, [...query.filter(([name]) => !replaced.has(name)), ...page]);
}

/** One pair for each value that is defined. */
export const pairs = (name: string, ...values: readonly (string | undefined)[]): QueryPairs =>
  values.flatMap((value) => (value === undefined ? [] : [[name, value] as const]));
