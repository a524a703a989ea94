import type { QueryPairs } from '../../domain/operation.js';
import { flag } from '../../domain/query-flags.js';

/** What a browser would run or lay out as a page of the hub's own, if it only opened it. */
const ACTIVE_NAME = /\.(?:html?|xhtml|xht|shtml|mhtml?|svgz?|xml|xslt?)$/i;
const ACTIVE_TYPE =
  /^\s*(?:text\/html|(?:text|application)\/xml|[\w.+-]+\/[\w.+-]+\+xml|multipart\/related|message\/rfc822)/i;

/**
 * How huggingface.co names a file in `Content-Disposition`: the exact name encoded, and an ASCII one for old readers. What could act as
 * a page is downloaded rather than opened; pictures in pages are shown all the same. So is what was asked for with `download=true`.
 * @param type as a source names it
 */
export function contentDisposition(fileName: string, query: QueryPairs = [], type = ''): string {
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const plain = fileName.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const kept = flag(query, 'download') || ACTIVE_NAME.test(fileName) || ACTIVE_TYPE.test(type);
  return `${kept ? 'attachment' : 'inline'}; filename*=UTF-8''${encoded}; filename="${plain}";`;
}
