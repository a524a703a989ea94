import type { QueryPairs } from '../../domain/query.js';
import type { UpstreamRequest } from '../../domain/upstream.js';

/** A GET request for JSON. Redirects on the source's own origin are followed. */
export const getJson = (segments: readonly string[], query: QueryPairs = []): UpstreamRequest => ({
  method: 'GET',
  segments,
  query,
  expects: 'json',
  follow: 'always',
});

/** A GET request for one page of a list. The parameters of the page replace those with the same names. */
export function getPage(segments: readonly string[], query: QueryPairs, page: QueryPairs): UpstreamRequest {
  const replaced = new Set(page.map(([name]) => name));
  return getJson(segments, [...query.filter(([name]) => !replaced.has(name)), ...page]);
}

/** One pair for each defined value. */
export const pairs = (name: string, ...values: readonly (string | undefined)[]): QueryPairs =>
  values.flatMap((value) => (value === undefined ? [] : [[name, value] as const]));
