import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HubError } from '../../domain/hub-error.js';

/** How long a sender may go on behind the answer. Most clients read why they were refused only after they have sent everything. */
const LINGER_MS = 30_000;

/** Bytes, where the sender has said how many. */
export function announcedLength({ headers }: IncomingMessage): number | undefined {
  const { 'content-length': length } = headers;
  return length === undefined ? undefined : Number(length);
}

/**
 * A body that no parser has taken, as it comes. Whoever stops in its middle may answer: `dropAfterAnswer` sees to the rest.
 * @throws HubError `PayloadTooLarge` when it is longer than `limit` bytes, `BadRequest` when the sender breaks it off
 */
export async function* requestBody(request: IncomingMessage, limit = Infinity): AsyncGenerator<Buffer> {
  if ((announcedLength(request) ?? 0) > limit) throw tooLong(limit);
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLong(limit);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    throw new HubError('BadRequest', 'The body broke off', { cause });
  }
}

/**
 * The whole of a body in memory, unpacked where it came packed: git packs what is longer than a kilobyte.
 * @param limit bytes, packed and unpacked
 * @throws HubError as `requestBody`; `BadRequest` (415) for any packing but gzip
 */
export async function wholeBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const { 'content-encoding': packing = 'identity' } = request.headers;
  if (!/^(identity|(x-)?gzip)$/i.test(packing))
    throw new HubError('BadRequest', `A body packed as ${packing} is not understood; gzip is`, { status: 415 });
  const body = await buffer(requestBody(request, limit));
  if (/^identity$/i.test(packing)) return body;
  return unpack(body, { maxOutputLength: limit }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ERR_BUFFER_TOO_LARGE') throw tooLong(limit);
    throw new HubError('BadRequest', 'The body says that it is packed with gzip, and is not', { cause });
  });
}

const unpack = promisify(gunzip);

/** The body of a request that says that it is a picture. @throws HubError `BadRequest` (415) when it says otherwise, and as `requestBody` */
export function imageBody(request: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  if (!/^image\//i.test(request.headers['content-type'] ?? ''))
    throw new HubError('BadRequest', 'The body must be a picture, with a Content-Type such as image/png', {
      status: 415,
    });
  return requestBody(request, limit);
}

const tooLong = (limit: number): HubError =>
  new HubError('PayloadTooLarge', `The body is longer than ${limit} bytes, which is the most that is taken at once`);

/** Reads and drops what is left of a body once the answer is sent, so that the connection is of use again; not for ever. */
export function dropAfterAnswer(request: IncomingMessage, response: ServerResponse, lingerMs = LINGER_MS): void {
  response.once('finish', () => {
    if (request.complete) return;
    request.on('error', () => undefined); // whoever breaks off what nobody reads does no harm
    request.resume();
    const end = setTimeout(() => request.socket.destroy(), lingerMs).unref();
    request.once('close', () => clearTimeout(end));
  });
}
