import type { Reply, ReplyHeaders } from '../../domain/upstream.js';
import { quotedEtag } from '../../platform/http/etag.js';

/** Headers relayed from a source's file response. All others (cookies, policies, Xet hints) are dropped. */
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
 * Builds the headers of a resolve response from a source's: allow-listed, with strong quoted ETags. Commit, ETag and size come from the
 * source's first response; the ETag of a CDN is ignored (contract G.1).
 */
export function relayFileHeaders(headers: ReplyHeaders): Record<string, string> {
  const relayed: Record<string, string> = { 'accept-ranges': 'bytes' };
  for (const name of FILE_HEADERS) if (headers[name] !== undefined) relayed[name] = headers[name];
  const etag = headers['x-linked-etag'] ?? headers['etag'];
  if (etag) relayed['etag'] = quotedEtag(etag);
  if (headers['x-linked-etag']) relayed['x-linked-etag'] = quotedEtag(headers['x-linked-etag']);
  return relayed;
}

/** Small files have no linked ETag and size at huggingface.co. A redirect needs them, because its own length is not the file's. */
export function withLinkedHeaders(reply: Reply): Record<string, string> {
  const headers = relayFileHeaders(reply.headers);
  const { etag, 'content-length': length } = headers;
  return {
    ...(reply.status < 300 && length !== undefined && { 'x-linked-size': length }),
    ...(etag !== undefined && { 'x-linked-etag': etag }),
    ...headers,
  };
}
