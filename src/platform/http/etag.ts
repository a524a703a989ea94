/** An ETag as caches and the Rust client need it: strong and quoted, whatever the source wrote. */
export function quotedEtag(etag: string): string {
  const strong = etag.startsWith('W/') ? etag.slice(2) : etag;
  return strong.startsWith('"') ? strong : `"${strong}"`;
}

/** Does an `If-None-Match` name this ETag, so that 304 is the answer? Comparison is weak (RFC 9110, 13.1.2). */
export function noneMatchHits(ifNoneMatch: string | undefined, etag: string | undefined): boolean {
  if (!ifNoneMatch || !etag) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((one) => quotedEtag(one.trim()) === quotedEtag(etag));
}

/** Does an `If-Match` allow going on? Comparison is strong. */
export function matchHolds(ifMatch: string | undefined, etag: string): boolean {
  if (!ifMatch || ifMatch.trim() === '*') return true;
  return ifMatch.split(',').some((one) => one.trim() === quotedEtag(etag));
}
