import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HubError } from '../../domain/hub-error.js';
import type { BodyReservation, HubRequest } from './hub-request.js';

/** How long a client may keep sending after the response. Most clients only read an error after they have sent the whole body. */
const DRAIN_MS = 30_000;

/** Whether a request has a body (RFC 9112, section 6.3). It may be empty if its length is not known. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** The `Content-Length` in bytes, if there is one. */
export function contentLength({ headers }: IncomingMessage): number | undefined {
  const { 'content-length': length } = headers;
  return length === undefined ? undefined : Number(length);
}

/**
 * Streams the body of a request. A handler may stop reading and respond; `drainAfterResponse` discards the rest. Each chunk waits for the turn
 * of its client, so that no client delays others by sending many bodies.
 * @throws HubError `PayloadTooLarge` if the body is longer than `limit` bytes, `BadRequest` if the connection breaks or the chunks are tiny
 */
export async function* requestBody(request: IncomingMessage, limit = Infinity): AsyncGenerator<Buffer> {
  const { turn, shares } = request as HubRequest;
  if ((contentLength(request) ?? 0) > limit) throw tooLong(limit);
  const isFragmented = detectFragments();
  let size = 0;
  turn?.pause();
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLong(limit);
      if (isFragmented(chunk)) throw new HubError('BadRequest', 'The chunks of the request body are too small');
      await shares?.chunkFor(request as HubRequest);
      yield chunk;
    }
    await turn?.resume();
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    throw new HubError('BadRequest', 'Request body ended unexpectedly', { cause });
  }
}

/**
 * Like `requestBody`, for bodies that are used while they arrive.
 * @throws HubError as `requestBody`; `BadRequest` (415) for a compressed body
 */
export function uncompressedBody(request: IncomingMessage, limit = Infinity): AsyncGenerator<Buffer> {
  const { 'content-encoding': encoding = 'identity' } = request.headers;
  if (/^identity$/i.test(encoding)) return requestBody(request, limit);
  const message = `Content-Encoding ${encoding} is not supported for this request. Send the body uncompressed.`;
  throw new HubError('BadRequest', message, { status: 415 });
}

/** Each chunk costs microseconds, however small it is. Clients send larger ones. */
const MAX_FRAGMENTS = 10_000;
const MIN_MEAN_CHUNK_BYTES = 16;

/** Returns a function that is called with each chunk of a body, and returns whether the body consists of too many tiny chunks. */
function detectFragments(): (chunk: Buffer) => boolean {
  let [count, size] = [0, 0];
  return ({ length }) => {
    count += 1;
    size += length;
    return count > MAX_FRAGMENTS && size < count * MIN_MEAN_CHUNK_BYTES;
  };
}

/**
 * Reads the whole body into memory and decompresses it. git compresses bodies of more than a kilobyte.
 * @param limit - maximum size in bytes, compressed and decompressed
 * @throws HubError as `requestBody`; `BadRequest` (415) for any encoding but gzip
 */
export async function bufferBody(request: HubRequest, limit: number): Promise<Buffer> {
  const { 'content-encoding': encoding = 'identity' } = request.headers;
  if (!/^(identity|(x-)?gzip)$/i.test(encoding))
    throw new HubError('BadRequest', `Content-Encoding ${encoding} is not supported. Use gzip or none.`, {
      status: 415,
    });
  const memory = request.shares?.memoryFor(request);
  const body = await collect(requestBody(request, limit), memory);
  if (/^identity$/i.test(encoding)) return body;
  const plain = await gunzipAsync(body, { maxOutputLength: limit }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ERR_BUFFER_TOO_LARGE') throw tooLong(limit);
    throw new HubError('BadRequest', 'The body is not valid gzip, but its Content-Encoding is gzip', { cause });
  });
  memory?.reserve(plain.length);
  return plain;
}

/** Memory of a chunk in addition to its bytes. A body can consist of chunks of one byte. */
const CHUNK_OVERHEAD = 256;

/** Reserves memory for each chunk as it arrives, so that a client that only declares a length occupies none. */
async function collect(body: AsyncIterable<Buffer>, memory: BodyReservation | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) {
    memory?.reserve(chunk.length + CHUNK_OVERHEAD);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const gunzipAsync = promisify(gunzip);

/**
 * Reads the body of an image upload into memory.
 * @throws HubError as `bufferBody`; `BadRequest` (415) if the content type is not an image
 */
export async function imageBody(request: HubRequest, limit: number): Promise<Buffer> {
  if (!/^image\//i.test(request.headers['content-type'] ?? ''))
    throw new HubError('BadRequest', 'The body must be an image, with a Content-Type such as image/png', {
      status: 415,
    });
  return bufferBody(request, limit);
}

const tooLong = (limit: number): HubError =>
  new HubError('PayloadTooLarge', `The request body is longer than the limit of ${limit} bytes`);

/**
 * Discards the rest of the body after the response was sent, so that the connection can be reused. Closes it after a time limit, or if the rest
 * consists of tiny chunks. Chunks wait for the turn of their client, like those that are read.
 */
export function drainAfterResponse(request: IncomingMessage, response: ServerResponse, drainMs = DRAIN_MS): void {
  // before Node's own listener, which would discard a body that was not read without any event
  response.prependOnceListener('finish', () => {
    if (request.complete) return;
    request.read(0);
    request.on('error', () => undefined); // the rest is not needed
    const isFragmented = detectFragments();
    request.on('data', (chunk: Buffer) => {
      if (isFragmented(chunk)) return void request.socket.destroy();
      request.pause();
      void Promise.resolve((request as HubRequest).shares?.chunkFor(request as HubRequest)).then(() =>
        request.resume(),
      );
    });
    const timer = setTimeout(() => request.socket.destroy(), drainMs).unref();
    request.once('close', () => clearTimeout(timer));
  });
}
