import type { QueryPairs } from '../../domain/query.js';
import { flag } from '../../domain/query-flags.js';

/** Files that a browser could run as a page of the hub's origin if they were opened directly. */
const ACTIVE_NAME = /\.(?:html?|xhtml|xht|shtml|mhtml?|svgz?|xml|xslt?)$/i;
const ACTIVE_TYPE =
  /^\s*(?:text\/html|(?:text|application)\/xml|[\w.+-]+\/[\w.+-]+\+xml|multipart\/related|message\/rfc822)/i;

/**
 * Builds `Content-Disposition` as huggingface.co does: the exact name in encoded form and an ASCII name for old clients. Files that could
 * act as a page are downloaded instead of opened (pages can still embed images), as are requests with `download=true`.
 *
 * @param type - media type reported by a source
 */
export function contentDisposition(fileName: string, query: QueryPairs = [], type = ''): string {
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const asciiName = fileName.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const isAttachment = flag(query, 'download') || ACTIVE_NAME.test(fileName) || ACTIVE_TYPE.test(type);
  return `${isAttachment ? 'attachment' : 'inline'}; filename*=UTF-8''${encoded}; filename="${asciiName}";`;
}
