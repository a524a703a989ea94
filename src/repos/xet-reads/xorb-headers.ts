import { quotedEtag } from '../../platform/http/etag.js';
import { FILE_SECURITY_HEADERS } from '../../platform/http/send-reply.js';

/** The bytes of a xorb never change. Caches that several users share must not store them, since access may be revoked. */
export const xorbHeaders = (xorb: string): Record<string, string> => ({
  'accept-ranges': 'bytes',
  'cache-control': 'private, max-age=86400, immutable',
  'content-type': 'application/octet-stream',
  etag: quotedEtag(xorb),
  ...FILE_SECURITY_HEADERS,
});
