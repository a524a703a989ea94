import type { UnreadBody } from '../../domain/upstream.js';

/** The whole of a body; undefined when it is longer than allowed, and then the rest of it is not received. */
export async function readBytes(body: UnreadBody, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) {
      body.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
