import { HubError } from '../../hub/language/hub-error.js';
import type { FileOperation } from '../../hub/language/operation.js';
import { parseByteRange } from '../../hub/rules/byte-range.js';
import { matchHolds, noneMatchHits, quotedEtag } from '../../hub/rules/etag.js';
import { contentDisposition } from '../../hub/rules/content-disposition.js';
import { FILE_SAFETY, type WireAnswer } from '../../platform/http/relay-reply.js';
import type { LocalFile } from '../store/local-repository.js';

/**
 * A file of the hub's own as 200, 206 or 304.
 *
 * @throws HubError RangeNotSatisfiable, PreconditionFailed
 */
export function localFileAnswer(file: LocalFile, { conditions, path, method, query }: FileOperation): WireAnswer {
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
