import { parseUrl } from '../../domain/parse-url.js';
import type { QueryPairs } from '../../domain/query.js';
import { segmentError } from '../../domain/encode-path.js';

/** The location of an avatar: under the source's own base URL, or elsewhere. */
export type AvatarLocation =
  | { readonly segments: readonly string[]; readonly query: QueryPairs; readonly url?: undefined }
  | { readonly url: string };

/**
 * Parses the avatar URL of an account; a relative one is resolved against the source's base URL. Undefined if it is not an http(s) URL, or
 * has credentials or segments such as `..`.
 */
export function avatarLocation(avatar: string, sourceUrl: string): AvatarLocation | undefined {
  const base = `${sourceUrl}/`;
  const text = /^\/(?!\/)/.test(avatar) ? `.${avatar}` : avatar;
  const url = parseUrl(text, base);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const sourceBase = new URL(base);
  if (url.origin !== sourceBase.origin || !url.pathname.startsWith(sourceBase.pathname)) return { url: url.href };
  const segments = decoded(url.pathname.slice(sourceBase.pathname.length).split('/'));
  const isValid = segments !== undefined && !segments.some((segment) => segmentError(segment) !== undefined);
  return isValid ? { segments, query: [...url.searchParams] } : undefined;
}

function decoded(segments: readonly string[]): string[] | undefined {
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
