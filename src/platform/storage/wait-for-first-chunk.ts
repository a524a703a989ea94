import { once } from 'node:events';
import type { Readable } from 'node:stream';

/**
 * Waits for the first chunk of stored content before the response is started. If the store is unavailable, the client then gets an error
 * response instead of a broken connection.
 * @throws the error of the stream, if it fails before the first chunk
 */
export async function waitForFirstChunk(content: Readable): Promise<Readable> {
  if (!content.readable || content.readableLength > 0) return content;
  const settled = new AbortController();
  try {
    await Promise.race([
      once(content, 'readable', settled),
      once(content, 'end', settled), // empty content
    ]);
  } finally {
    settled.abort();
  }
  return content;
}
