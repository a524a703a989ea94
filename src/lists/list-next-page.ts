import type { QueryPairs } from '../domain/operation.js';
import { forwardableQuery } from '../domain/forward-query.js';
import { nextTarget } from '../domain/rewrite-link.js';

/** Cursors are carried in ours, next to those of the other sources. */
const LONGEST = 2000;

/**
 * The parameters of a source's next page: what its `Link` says besides what was asked anyway. Only the query of a link on the source's own
 * origin counts; whatever its path is, the next page is asked for where lists are (contract E, traps 1 and 2).
 *
 * @param link the source's `Link` header
 * @param sourceUrl the source's URL
 * @param asked the parameters with which this page was asked
 */
export function parseNextPage(link: string | undefined, sourceUrl: string, asked: QueryPairs): QueryPairs | undefined {
  const next = nextTarget(link, sourceUrl);
  if (!next) return undefined;
  const known = new Set(asked.map(String));
  const page = forwardableQuery([...next.searchParams]).filter((pair) => !known.has(String(pair)));
  return page.length > 0 && JSON.stringify(page).length <= LONGEST ? page : undefined;
}
