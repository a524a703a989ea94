/** Makes an ETag of a source strong and quoted, as caches and the Rust client require. */
export function quotedEtag(etag: string): string {
  const strong = etag.startsWith('W/') ? etag.slice(2) : etag;
  return strong.startsWith('"') ? strong : `"${strong}"`;
}

/** Whether `If-None-Match` matches, so that the response is 304. The comparison is weak (RFC 9110, 13.1.2). */
export function matchesIfNoneMatch(ifNoneMatch: string | undefined, etag: string | undefined): boolean {
  if (!ifNoneMatch || !etag) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((candidate) => quotedEtag(candidate.trim()) === quotedEtag(etag));
}

/** Whether `If-Match` allows the request. The comparison is strong (RFC 9110, 13.1.1). */
export function satisfiesIfMatch(ifMatch: string | undefined, etag: string): boolean {
  if (!ifMatch || ifMatch.trim() === '*') return true;
  return ifMatch.split(',').some((candidate) => candidate.trim() === quotedEtag(etag));
}
