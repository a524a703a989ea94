import type { OutgoingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import { bytes, text } from './fake-replies.js';
import type { Responder } from './fake-upstream.js';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A single byte range as offsets; `none` if it is not satisfiable, `undefined` if the header must be ignored. */
export const parseRange = (header: string | undefined, size: number): Span | 'none' | undefined => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (!match[1] && !match[2])) return undefined;
  const start = match[1] ? Number(match[1]) : Math.max(0, size - Number(match[2]));
  const end = match[1] && match[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  return start >= size || start > end ? 'none' : { start, end };
};

const acceptsGzip = (accept: string | string[] | undefined, content: Buffer): boolean =>
  /\bgzip\b/.test(String(accept ?? '')) && content.length > 0 && !content.includes(0);

/** Responds with content and supports `Range`, `If-Range` and `If-None-Match`. With `mayZip`, text may be compressed and then has no length. */
export const content =
  (body: Buffer, headers: OutgoingHttpHeaders, mayZip = false): Responder =>
  (response, request) => {
    const { headers: requestHeaders } = request;
    const all = { 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream', ...headers };
    if (requestHeaders['if-none-match'] && requestHeaders['if-none-match'] === headers.etag)
      return response.writeHead(304, headers).end();
    const rangeCounts = !requestHeaders['if-range'] || requestHeaders['if-range'] === headers.etag;
    const range = rangeCounts ? parseRange(requestHeaders.range, body.length) : undefined;
    if (range === 'none') {
      return text(416, '', { ...headers, 'content-range': `bytes */${body.length}` })(response, request);
    }
    if (range) {
      const slice = body.subarray(range.start, range.end + 1);
      const rangeHeaders = { 'content-range': `bytes ${range.start}-${range.end}/${body.length}` };
      return bytes(206, slice, { ...all, ...rangeHeaders })(response, request);
    }
    if (mayZip && request.method === 'GET' && acceptsGzip(requestHeaders['accept-encoding'], body)) {
      return response.writeHead(200, { ...all, 'content-encoding': 'gzip' }).end(gzipSync(body));
    }
    return bytes(200, body, all)(response, request);
  };
