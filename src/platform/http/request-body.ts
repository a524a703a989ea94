import type { IncomingMessage } from 'node:http';
import { HubError } from '../../hub/language/hub-error.js';

/** Of a body that nobody wants any more, so much is still read: most clients read no answer before they have sent everything. */
const DISCARDED_BYTES = 512 * 1024 * 1024;

/**
 * A body that no parser has taken, as it comes. Whoever stops in its middle may answer: the rest is read and dropped.
 * @throws HubError `PayloadTooLarge` when it is longer than `limit` bytes, `BadRequest` when the sender breaks it off
 */
export async function* requestBody(request: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLong(limit);
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
  } finally {
    discardRest(request);
  }
}

const tooLong = (limit: number): HubError =>
  new HubError('PayloadTooLarge', `The body is longer than ${limit} bytes, which is the most that is taken at once`);

function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let left = DISCARDED_BYTES;
  request.on('error', () => undefined); // whoever breaks off what nobody reads does no harm
  request.on('data', ({ length }: Buffer) => {
    if ((left -= length) < 0) request.destroy();
  });
}
