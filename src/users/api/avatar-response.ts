import { matchesIfNoneMatch, quotedEtag } from '../../platform/http/etag.js';
import { FILE_SECURITY_HEADERS, type WireReply } from '../../platform/http/send-reply.js';
import type { AvatarImage } from '../avatar-encoder.service.js';

/** Maximum time for which clients that use the URL without a version keep showing the old avatar. */
const MAX_AGE_SECONDS = 300;

/** Builds the 200 or 304 response for an avatar. Its headers keep browsers from running the content as a page. */
export function avatarResponse(
  { content, mediaType, sha256 }: AvatarImage,
  ifNoneMatch: string | undefined,
): WireReply {
  const headers = {
    'content-type': mediaType,
    etag: quotedEtag(sha256),
    'cache-control': `public, max-age=${MAX_AGE_SECONDS}`,
    ...FILE_SECURITY_HEADERS,
  };
  if (matchesIfNoneMatch(ifNoneMatch, sha256)) return { status: 304, headers };
  return {
    status: 200,
    headers: { ...headers, 'content-length': String(content.length) },
    stream: oneChunk(content),
  };
}

async function* oneChunk(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
