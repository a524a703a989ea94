import type { WireReply } from '../../platform/http/send-reply.js';
import type { XetOffer } from '../xet-reads/xet-offers.service.js';

/** Media type of the description of a file, which `@huggingface/hub` accepts instead of the file (contract A.2). */
export const XET_FILE_INFO = 'application/vnd.xet-fileinfo+json';

/** Headers of the file response that do not apply to the description. */
const BODY_HEADERS: ReadonlySet<string> = new Set([
  'accept-ranges',
  'content-length',
  'content-range',
  'content-disposition',
  'etag',
  'last-modified',
]);

/**
 * The description of a file instead of the file. It has the same URL, so caches must not store it, and conditions on the ETag of the file do not apply to it.
 *
 * @param fileHeaders - of the file response
 */
export function xetFileInfo({ headers, info }: XetOffer, fileHeaders: Readonly<Record<string, string>>): WireReply {
  const kept = Object.entries(fileHeaders).filter(([name]) => !BODY_HEADERS.has(name));
  const etag = fileHeaders['x-linked-etag'] ?? fileHeaders['etag'];
  return {
    status: 200,
    headers: {
      ...Object.fromEntries(kept),
      ...headers,
      ...(etag !== undefined && { 'x-linked-etag': etag }),
      'cache-control': 'no-store',
      'content-type': XET_FILE_INFO,
    },
    json: info,
  };
}

/** Whether a client accepts the description. */
export const acceptsXetFileInfo = (accept: string | undefined): boolean => (accept ?? '').includes(XET_FILE_INFO);
