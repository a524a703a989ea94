/** The URL of a candidate, after the separators before it. */
const CANDIDATE = /[\s,]*(?<url>[^\s,]\S*)/y;

/**
 * Replaces the URLs of a `srcset` attribute (HTML, "parse a srcset attribute"). A URL may contain commas, but a trailing one separates it
 * from the next candidate.
 */
export function rewriteSrcset(srcset: string, rewrite: (url: string) => string): string {
  const candidates: string[] = [];
  for (let at = 0; at < srcset.length;) {
    CANDIDATE.lastIndex = at;
    const run = CANDIDATE.exec(srcset)?.groups?.['url'];
    if (run === undefined) break;
    at = CANDIDATE.lastIndex;
    const url = withoutTrailingCommas(run);
    const comma = url === run ? srcset.indexOf(',', at) : at;
    const end = comma < 0 ? srcset.length : comma;
    candidates.push(`${rewrite(url)} ${srcset.slice(at, end).trim()}`.trim());
    at = end;
  }
  return candidates.join(', ');
}

function withoutTrailingCommas(url: string): string {
  let end = url.length;
  while (url[end - 1] === ',') end -= 1;
  return url.slice(0, end);
}
