import type { ReplyHeaders } from '../../domain/upstream.js';
import { quotedEtag } from '../../platform/http/etag.js';

/** What may pass from a source's file answer to a client; everything else (cookies, policies, Xet hints) stays outside. */
const FILE_HEADERS = [
  'content-type',
  'content-length',
  'content-range',
  'content-disposition',
  'last-modified',
  'x-repo-commit',
  'x-linked-size',
] as const;

/**
 * The headers of a resolve answer made from a source's: allow-listed, with strong quoted ETags. The source's first answer names commit,
 * ETag and size; a content network's own ETag does not count (contract G.1).
 */
export function relayFileHeaders(headers: ReplyHeaders): Record<string, string> {
  const relayed: Record<string, string> = { 'accept-ranges': 'bytes' };
  for (const name of FILE_HEADERS) if (headers[name] !== undefined) relayed[name] = headers[name];
  const etag = headers['x-linked-etag'] ?? headers['etag'];
  if (etag) relayed['etag'] = quotedEtag(etag);
  if (headers['x-linked-etag']) relayed['x-linked-etag'] = quotedEtag(headers['x-linked-etag']);
  return relayed;
}
