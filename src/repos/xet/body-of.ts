import type { Readable } from 'node:stream';
import { HubError } from '../../hub/language/hub-error.js';

/**
 * A request's body for a reader that may stop in its middle. What is not read is thrown away as it comes: clients read no answer before
 * they have sent everything.
 */
export async function* bodyOf(request: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } finally {
    request.resume();
  }
}

/** The whole of a body. @throws HubError `PayloadTooLarge` when it is longer than `limit` bytes */
export async function wholeBody(request: Readable, limit: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bodyOf(request)) {
    size += piece.length;
    if (size > limit) throw new HubError('PayloadTooLarge', `The body is longer than ${limit} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
