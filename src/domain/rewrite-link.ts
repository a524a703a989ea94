const NEXT_LINK = /<([^<>]+)>\s*;[^,]*\brel=(?:"next"|next(?![\w.-]))/i;

/** Where a source's next page is; undefined when there is none on the source's own origin. */
export function nextTarget(link: string | undefined, sourceUrl: string): URL | undefined {
  const target = link && NEXT_LINK.exec(link)?.[1];
  if (!target || !URL.canParse(target, sourceUrl)) return undefined;
  const next = new URL(target, sourceUrl);
  return next.origin === new URL(sourceUrl).origin ? next : undefined;
}

/**
 * The next page's address on our own base: the path as the client asked it, with the query the source wants for its next page.
 * Whatever else a `Link` says is dropped: clients follow it verbatim and with their token (contract E, traps 1 and 2).
 * Undefined when there is no next page on the source's own origin.
 *
 * @param link the source's `Link` header
 * @param sourceUrl the address that was asked, for relative links and the origin
 * @param here our public base and the path the client asked
 */
export function rewriteNextLink(
  link: string | undefined,
  sourceUrl: string,
  here: { base: string; path: string },
): string | undefined {
  const next = nextTarget(link, sourceUrl);
  if (!next) return undefined;
  next.searchParams.delete('fallback');
  return nextLink(`${here.base}${here.path}${next.search}`);
}

/** A `Link` header that names the next page. Clients want it absolute, and its relation in double quotes. */
export const nextLink = (url: string): string => `<${url}>; rel="next"`;
