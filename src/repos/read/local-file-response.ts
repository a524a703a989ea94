import { HubError } from '../../domain/hub-error.js';
import type { FileOperation } from '../../domain/operation.js';
import { parseByteRange, type ByteRange } from '../../platform/http/byte-range.js';
import { satisfiesIfMatch, matchesIfNoneMatch, quotedEtag } from '../../platform/http/etag.js';
import { contentDisposition } from './content-disposition.js';
import { FILE_SECURITY_HEADERS, type WireReply } from '../../platform/http/send-reply.js';
import type { DownloadHeaders } from '../../platform/storage/direct-transfer.js';
import type { LocalFile } from '../store/local-repo.js';
import type { XetOffer } from '../xet-reads/xet-offers.service.js';
import { xetFileInfo } from './xet-file-info.js';

/** The properties of a file that determine its response. */
export type FileFacts = Pick<LocalFile, 'commit' | 'etag' | 'size' | 'contentType'> & {
  /** ETag of the content, if it differs from that of the response. */
  readonly linkedEtag?: string;
};

/** A file response without its body. */
export interface FileResponse {
  readonly status: 200 | 206 | 304;
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes of the body. Undefined if it has none, such as that of a HEAD request or an empty file. */
  readonly range?: ByteRange;
}

/**
 * Plans the 200, 206 or 304 response for a file that this hub has.
 *
 * @throws HubError `RangeNotSatisfiable`, `PreconditionFailed`
 */
export function fileResponse(file: FileFacts, { conditions, path, method, query }: FileOperation): FileResponse {
  const { etag, size, commit } = file;
  if (!satisfiesIfMatch(conditions['if-match'], etag))
    throw new HubError('PreconditionFailed', 'The file does not match the ETag in If-Match.', { commit });
  const headers = { ...fileHeaders(file), 'content-disposition': contentDisposition(path.at(-1)!, query) };
  if (matchesIfNoneMatch(conditions['if-none-match'], etag)) return { status: 304, headers };
  const hasBody = method !== 'HEAD';
  const range =
    hasBody && rangeApplies(conditions['if-range'], etag) ? parseByteRange(conditions.range, size) : undefined;
  if (range === 'unsatisfiable' && size === 0) return whole({ 'content-range': 'bytes */0' });
  if (range === 'unsatisfiable')
    throw new HubError('RangeNotSatisfiable', `The requested range is outside the file, which has ${size} bytes.`, {
      size,
      commit,
    });
  if (!range) return whole();
  const { start, end } = range;
  const length = { 'content-length': String(end - start + 1), 'content-range': `bytes ${start}-${end}/${size}` };
  return { status: 206, headers: { ...headers, ...length }, range };

  function whole(more: Readonly<Record<string, string>> = {}): FileResponse {
    const all = { ...headers, ...more, 'content-length': String(size) };
    return { status: 200, headers: all, ...(hasBody && size > 0 && { range: { start: 0, end: size - 1 } }) };
  }
}

/** How a file is offered over Xet. */
export interface XetHints {
  readonly offer?: XetOffer | undefined;
  /** Whether the client accepts its description instead of the file. */
  readonly acceptsInfo?: boolean;
}

/**
 * Builds the 200, 206 or 304 response for a local file.
 *
 * @throws HubError `RangeNotSatisfiable`, `PreconditionFailed`
 */
export function localFileResponse(file: LocalFile, operation: FileOperation, xet: XetHints = {}): WireReply {
  const facts = { ...file, linkedEtag: file.lfs?.sha256 };
  if (xet.offer && xet.acceptsInfo && operation.method !== 'HEAD') return xetFileInfo(xet.offer, fileHeaders(facts));
  const { status, headers: plain, range } = fileResponse(facts, operation);
  const headers = { ...plain, ...xet.offer?.headers };
  const open = (): AsyncIterable<Uint8Array> => (status === 206 ? file.open(range) : file.open());
  return { status, headers, ...(range && { stream: open(), served: { kind: 'own' } }) };
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

/** False if the request has conditions on the ETag: the object store has a different ETag. */
export const mayRedirectToStore = ({ conditions }: FileOperation): boolean =>
  conditions['if-range'] === undefined && conditions['if-match'] === undefined;

/** The redirect to the object store for a file response, with the metadata that clients read from it (contract A.3). */
export async function redirectToStore(
  fileHeaders: Readonly<Record<string, string>>,
  link: (notes: DownloadHeaders) => Promise<string>,
  served: NonNullable<WireReply['served']>,
): Promise<WireReply> {
  const { 'content-type': contentType = '', 'content-disposition': contentDisposition } = fileHeaders;
  const headers = Object.entries(fileHeaders).filter(([name]) => !BODY_HEADERS.has(name));
  const location = await link({ contentType, contentDisposition });
  return {
    status: 302,
    headers: { ...Object.fromEntries(headers), location, 'cache-control': 'no-store' },
    served: { ...served, bytes: Number(fileHeaders['content-length']) },
  };
}

/** An `If-Range` with a different ETag requests the whole file. */
const rangeApplies = (ifRange: string | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange.trim() === quotedEtag(etag);

function fileHeaders({ etag, size, commit, linkedEtag = etag, contentType }: FileFacts): Record<string, string> {
  return {
    'accept-ranges': 'bytes',
    'x-repo-commit': commit,
    etag: quotedEtag(etag),
    'x-linked-size': String(size),
    'x-linked-etag': quotedEtag(linkedEtag),
    'content-type': contentType,
    ...FILE_SECURITY_HEADERS,
  };
}
