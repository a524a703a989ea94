import type { QueryPairs } from '../../domain/query.js';
import { segmentFault } from '../../domain/encode-path.js';

/** Where a source says that a picture is: under its own base, where it may be asked as for anything else, or somewhere else. */
export type PicturePlace =
  | { readonly segments: readonly string[]; readonly query: QueryPairs; readonly url?: undefined }
  | { readonly url: string };

/**
 * Reads the address that a source gives for a picture; a relative one is on the source's base. Undefined for what is none: no http(s), with
 * credentials, or with segments that climb.
 */
export function picturePlace(named: string, sourceUrl: string): PicturePlace | undefined {
  const base = `${sourceUrl}/`;
  const text = /^\/(?!\/)/.test(named) ? `.${named}` : named;
  if (!URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const home = new URL(base);
  if (url.origin !== home.origin || !url.pathname.startsWith(home.pathname)) return { url: url.href };
  const segments = decoded(url.pathname.slice(home.pathname.length).split('/'));
  const isFit = segments !== undefined && !segments.some((segment) => segmentFault(segment) !== undefined);
  return isFit ? { segments, query: [...url.searchParams] } : undefined;
}

function decoded(segments: readonly string[]): string[] | undefined {
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
