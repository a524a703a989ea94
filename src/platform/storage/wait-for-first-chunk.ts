import { once } from 'node:events';
import type { Readable } from 'node:stream';

/**
 * Waits until stored content comes, so that a store that is away is an answer of its own and not a connection cut off.
 * @throws what the store says, when it cannot give the first bytes
 */
export async function waitForFirstChunk(content: Readable): Promise<Readable> {
  if (!content.readable || content.readableLength > 0) return content;
  const ended = new AbortController();
  try {
    await Promise.race([
      once(content, 'readable', ended),
      once(content, 'end', ended), // nothing is in it
    ]);
  } finally {
    ended.abort();
  }
  return content;
}
