import { HubError } from '../../domain/hub-error.js';
import type { FileOperation } from '../../domain/operation.js';
import { parseByteRange } from '../../platform/http/byte-range.js';
import { satisfiesIfMatch, matchesIfNoneMatch, quotedEtag } from '../../platform/http/etag.js';
import { contentDisposition } from './content-disposition.js';
import { FILE_SECURITY_HEADERS, type WireReply } from '../../platform/http/send-reply.js';
import type { LocalFile } from '../store/local-repo.js';

/**
 * Builds the 200, 206 or 304 response for a local file.
 *
 * @throws HubError `RangeNotSatisfiable`, `PreconditionFailed`
 */
export function localFileResponse(file: LocalFile, { conditions, path, method, query }: FileOperation): WireReply {
  const { etag, size, commit } = file;
  if (!satisfiesIfMatch(conditions['if-match'], etag))
    throw new HubError('PreconditionFailed', 'The file does not match the ETag in If-Match.', { commit });
  const headers = { ...fileHeaders(file), 'content-disposition': contentDisposition(path.at(-1)!, query) };
  if (matchesIfNoneMatch(conditions['if-none-match'], etag)) return { status: 304, headers };
  const range =
    method === 'HEAD' || !rangeApplies(conditions['if-range'], etag)
      ? undefined
      : parseByteRange(conditions.range, size);
  if (range === 'unsatisfiable' && size === 0) return wholeFile(file, { ...headers, 'content-range': 'bytes */0' });
  if (range === 'unsatisfiable')
    throw new HubError('RangeNotSatisfiable', `The requested range is outside the file, which has ${size} bytes.`, {
      size,
      commit,
    });
  if (!range) return wholeFile(file, headers);
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(end - start + 1),
      'content-range': `bytes ${start}-${end}/${size}`,
    },
    stream: method === 'HEAD' ? undefined : file.open(range),
    served: { kind: 'own' },
  };

  function wholeFile({ open }: LocalFile, all: Record<string, string>): WireReply {
    return {
      status: 200,
      headers: { ...all, 'content-length': String(size) },
      stream: method === 'HEAD' ? undefined : open(),
      served: { kind: 'own' },
    };
  }
}

/** Headers that describe the body. On a redirect, the object store's response has its own. */
const BODY_HEADERS: ReadonlySet<string> = new Set([
  'accept-ranges',
  'content-length',
  'content-range',
  'content-type',
  'content-disposition',
  'content-security-policy',
]);

/**
 * Turns the response into a redirect to the object store, with the metadata that clients read from it (contract A.3). The response is
 * unchanged if there is no link, or if the request has conditions on the ETag, since the object store's ETag is a different one.
 */
export async function redirectToStore(
  response: WireReply,
  { conditions }: FileOperation,
  link: LocalFile['link'],
): Promise<WireReply> {
  if (!response.stream || !link || conditions['if-range'] || conditions['if-match']) return response;
  const { 'content-type': contentType = '', 'content-disposition': contentDisposition } = response.headers;
  const headers = Object.entries(response.headers).filter(([name]) => !BODY_HEADERS.has(name));
  const location = await link({ contentType, contentDisposition });
  return {
    status: 302,
    headers: { ...Object.fromEntries(headers), location, 'cache-control': 'no-store' },
    served: { kind: 'redirected', bytes: Number(response.headers['content-length']) },
  };
}

/** An `If-Range` with a different ETag requests the whole file. */
const rangeApplies = (ifRange: string | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange.trim() === quotedEtag(etag);

function fileHeaders({ etag, size, commit, lfs, contentType }: LocalFile): Record<string, string> {
  return {
    'accept-ranges': 'bytes',
    'x-repo-commit': commit,
    etag: quotedEtag(etag),
    'x-linked-size': String(size),
    'x-linked-etag': quotedEtag(lfs ? lfs.sha256 : etag),
    'content-type': contentType ?? 'application/octet-stream',
    ...FILE_SECURITY_HEADERS,
  };
}
