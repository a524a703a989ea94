import type { FileOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import type { Reply } from '../../domain/upstream.js';
import { parseByteRange } from '../../platform/http/byte-range.js';
import { FILE_SECURITY_HEADERS, type WireReply } from '../../platform/http/send-reply.js';
import { contentDisposition } from './content-disposition.js';
import { relayFileHeaders } from './relay-headers.js';

/** Bytes that the client will download: its range, or the whole file. `undefined` if the source does not report the size. */
export function bytesAt(reply: Reply, { conditions }: FileOperation): number | undefined {
  const size = sizeOf(reply);
  if (size === null) return undefined;
  const range = parseByteRange(conditions.range, size);
  if (range === 'unsatisfiable') return 0;
  return range ? range.end - range.start + 1 : size;
}

/** Bytes of the whole file; null if the source does not report them. */
export function sizeOf({ status, headers }: Reply): number | null {
  const total = status === 206 ? headers['content-range']?.split('/')[1] : headers['content-length'];
  const size = Number(headers['x-linked-size'] ?? (status < 300 ? total : undefined));
  return Number.isSafeInteger(size) ? size : null;
}

export const fileHeaders = (source: Source, reply: Reply, { path, query }: FileOperation): Record<string, string> => ({
  ...relayFileHeaders(reply.headers),
  ...sourceHeaders(source, reply),
  ...FILE_SECURITY_HEADERS,
  'content-disposition': contentDisposition(path.at(-1)!, query, reply.headers['content-type']),
});

/** Drops the headers that describe the body of a redirect, not the file. */
export function redirectHeaders(headers: Record<string, string>): Record<string, string> {
  const { 'content-type': _type, 'content-length': _length, 'content-range': _range, ...rest } = headers;
  return { ...rest, 'cache-control': 'no-store', 'x-cache': 'redirect' };
}

export function headHeaders(reply: Reply, headers: Record<string, string>): Record<string, string> {
  if (reply.status < 300) return headers;
  const { 'cache-control': _control, 'x-cache': _cache, ...rest } = redirectHeaders(headers);
  const size = reply.headers['x-linked-size'];
  return size === undefined ? rest : { ...rest, 'content-length': size };
}

export const notModified = (headers: Record<string, string>): WireReply => {
  const { 'content-length': _length, ...rest } = headers;
  return { status: 304, headers: rest };
};
