import { parseUrl } from './parse-url.js';

/** A link and its parameters (RFC 8288). Sticky: links follow each other, so that every character is read once. */
const LINK = /[^<]*<(?<target>[^<>]*)>(?<parameters>(?:[^,"<]|"[^"]*")*)/gy;
const RELATION = /;\s*rel\s*=\s*(?:"(?<quoted>[^"]*)"|(?<plain>[^\s;,"]+))/i;

/** The target of the first link with a relation in a `Link` header, such as `next` for the next page. */
export function linkTarget(header: string, relation: string): string | undefined {
  for (const { groups } of header.matchAll(LINK)) {
    const { quoted, plain = '' } = RELATION.exec(groups!['parameters']!)?.groups ?? {};
    const relations = (quoted ?? plain).toLowerCase().split(/\s/);
    if (relations.includes(relation)) return groups!['target'];
  }
  return undefined;
}

/** The URL of a source's next page; undefined without a link to the source's origin. */
export function nextPageUrl(link: string | undefined, sourceUrl: string): URL | undefined {
  const target = link && linkTarget(link, 'next');
  const next = target ? parseUrl(target, sourceUrl) : undefined;
  return next?.origin === new URL(sourceUrl).origin ? next : undefined;
}

/**
 * Points the link to a source's next page to this hub: the path that the client requested, with the query of the source's link. Other
 * links are dropped, since clients follow them with their token (contract E, traps 1 and 2).
 * Undefined if there is no next page on the source's origin.
 *
 * @param link - the source's `Link` header
 * @param sourceUrl - the requested URL, to resolve relative links and compare origins
 * @param here - URL of the requested path on this hub
 */
export function rewriteNextLink(link: string | undefined, sourceUrl: string, here: string): string | undefined {
  const next = nextPageUrl(link, sourceUrl);
  if (!next) return undefined;
  next.searchParams.delete('fallback');
  return nextLink(here + next.search);
}

/** A `Link` header for the next page. Clients require an absolute URL, and the relation in double quotes. */
export const nextLink = (url: string): string => `<${url}>; rel="next"`;
