import { createHash } from 'node:crypto';
import { HubError } from '../../hub/language/hub-error.js';
import type { Expected, StoredBlob } from './blob-store.js';

/** Content that counts and hashes itself while it is read. */
export interface Digesting {
  readonly content: AsyncIterable<Uint8Array>;
  /**
   * To be called when `content` was read to its end.
   * @throws HubError `BadRequest` when the hash is another than expected
   */
  result(): StoredBlob;
}

/** Wraps content so that every blob store checks it the same way; too much of it fails while it is read. */
export function digesting(content: AsyncIterable<Uint8Array>, { sha256, maxSize = Infinity }: Expected): Digesting {
  const hash = createHash('sha256');
  let size = 0;
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      size += chunk.byteLength;
      if (size > maxSize) throw new HubError('PayloadTooLarge', `The content is longer than ${maxSize} bytes`);
      hash.update(chunk);
      yield chunk;
    }
  }
  return {
    content: measured(),
    result: () => {
      const found = hash.digest('hex');
      if (sha256 === undefined || sha256 === found) return { sha256: found, size };
      throw new HubError('BadRequest', `The content's SHA-256 is ${found}, not ${sha256} as announced`);
    },
  };
}
