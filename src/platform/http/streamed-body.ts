import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a refused sender may go on, so that it gets to read why. */
const LINGER_MS = 2_000;

/** A body that is read as it comes. */
export interface StreamedBody {
  /** Bytes, where the sender has said how many. */
  readonly length: number | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The body of a request that no parser has taken. Who stops reading leaves the connection open for the answer; once that is sent, a
 * sender that still goes on is cut off.
 */
export function streamedBody(request: IncomingMessage, response: ServerResponse): StreamedBody {
  const { 'content-length': length } = request.headers;
  response.once('finish', () => {
    if (request.complete) return;
    setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS).unref();
  });
  return {
    length: length === undefined ? undefined : Number(length),
    content: request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>,
  };
}
