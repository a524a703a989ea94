import { noneMatchHits, quotedEtag } from '../../platform/http/etag.js';
import { FILE_SAFETY, type WireAnswer } from '../../platform/http/relay-reply.js';
import type { AvatarImage } from '../avatar-encoder.service.js';

/** Who asks without the version in the URL sees another picture after this many seconds. */
const FRESH_SECONDS = 300;

/** A picture as 200 or 304. Whatever its bytes are, they cannot run as one of the hub's pages. */
export function avatarResponse({ content, mediaType, sha256 }: AvatarImage, ifNoneMatch: string | undefined): WireAnswer {
  const headers = {
    'content-type': mediaType,
    etag: quotedEtag(sha256),
    'cache-control': `public, max-age=${FRESH_SECONDS}`,
    ...FILE_SAFETY,
  };
  if (noneMatchHits(ifNoneMatch, sha256)) return { status: 304, headers };
  return {
    status: 200,
    headers: { ...headers, 'content-length': String(content.length) },
    stream: oneChunk(content),
  };
}

async function* oneChunk(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
