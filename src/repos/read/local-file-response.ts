import { HubError } from '../../domain/hub-error.js';
import type { FileOperation } from '../../domain/operation.js';
import { parseByteRange } from '../../platform/http/byte-range.js';
import { matchHolds, noneMatchHits, quotedEtag } from '../../platform/http/etag.js';
import { contentDisposition } from './content-disposition.js';
import { FILE_SAFETY, type WireAnswer } from '../../platform/http/relay-reply.js';
import type { LocalFile } from '../store/local-repo.js';

/**
 * A file of the hub's own as 200, 206 or 304.
 *
 * @throws HubError RangeNotSatisfiable, PreconditionFailed
 */
export function localFileResponse(file: LocalFile, { conditions, path, method, query }: FileOperation): WireAnswer {
  const { etag, size, commit } = file;
  if (!matchHolds(conditions['if-match'], etag))
    throw new HubError('PreconditionFailed', 'The file is not the one named by If-Match.', { commit });
  const headers = { ...describe(file), 'content-disposition': contentDisposition(path.at(-1)!, query) };
  if (noneMatchHits(conditions['if-none-match'], etag)) return { status: 304, headers };
  const range =
    method === 'HEAD' || !rangeCounts(conditions['if-range'], etag)
      ? undefined
      : parseByteRange(conditions.range, size);
  if (range === 'unsatisfiable' && size === 0) return whole(file, { ...headers, 'content-range': 'bytes */0' });
  if (range === 'unsatisfiable')
    throw new HubError('RangeNotSatisfiable', `The file has ${size} bytes.`, { size, commit });
  if (!range) return whole(file, headers);
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(end - start + 1),
      'content-range': `bytes ${start}-${end}/${size}`,
    },
    stream: method === 'HEAD' ? undefined : file.open(range),
  };

  function whole({ open }: LocalFile, all: Record<string, string>): WireAnswer {
    return {
      status: 200,
      headers: { ...all, 'content-length': String(size) },
      stream: method === 'HEAD' ? undefined : open(),
    };
  }
}

/** What the store's own answer says, not ours. */
const OF_THE_BYTES: ReadonlySet<string> = new Set([
  ...['accept-ranges', 'content-length', 'content-range', 'content-type', 'content-disposition'],
  'content-security-policy',
]);

/**
 * The same answer as a redirect to where the bytes are, with what clients want to know of them (contract A.3). Others stay, and those
 * whose conditions name our ETag, which is not the store's.
 */
export async function elsewhere(
  answer: WireAnswer,
  { conditions }: FileOperation,
  link: LocalFile['link'],
): Promise<WireAnswer> {
  if (!answer.stream || !link || conditions['if-range'] || conditions['if-match']) return answer;
  const { 'content-type': contentType = '', 'content-disposition': contentDisposition } = answer.headers;
  const kept = Object.entries(answer.headers).filter(([name]) => !OF_THE_BYTES.has(name));
  const location = await link({ contentType, contentDisposition });
  return { status: 302, headers: { ...Object.fromEntries(kept), location, 'cache-control': 'no-store' } };
}

/** An `If-Range` that names another content asks for the whole of this one. */
const rangeCounts = (ifRange: string | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange.trim() === quotedEtag(etag);

function describe({ etag, size, commit, lfs, contentType }: LocalFile): Record<string, string> {
  return {
    'accept-ranges': 'bytes',
    'x-repo-commit': commit,
    etag: quotedEtag(etag),
    'x-linked-size': String(size),
    'x-linked-etag': quotedEtag(lfs ? lfs.sha256 : etag),
    'content-type': contentType ?? 'application/octet-stream',
    ...FILE_SAFETY,
  };
}
