import type { QueryPairs } from '../domain/query.js';
import { withoutCredentials } from '../domain/forward-query.js';
import { nextPageUrl } from '../domain/rewrite-link.js';

/** A cursor of the hub contains the cursors of all sources, so each of them must be short. */
const MAX_PARAMETERS_LENGTH = 2000;

/**
 * Reads the parameters that change for a source's next page from its `Link` header. Only links to the source's own origin count. Their path
 * is ignored: the next page is always requested from the list endpoint (contract E, traps 1 and 2).
 *
 * @param link - the source's `Link` header
 * @param sourceUrl - the source's URL
 * @param current - the parameters of the current page
 */
export function parseNextPage(
  link: string | undefined,
  sourceUrl: string,
  current: QueryPairs,
): QueryPairs | undefined {
  const next = nextPageUrl(link, sourceUrl);
  if (!next) return undefined;
  const unchanged = new Set(current.map(String));
  const page = withoutCredentials([...next.searchParams]).filter((pair) => !unchanged.has(String(pair)));
  return page.length > 0 && JSON.stringify(page).length <= MAX_PARAMETERS_LENGTH ? page : undefined;
}
