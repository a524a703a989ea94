import { createHash } from 'node:crypto';
import { HubError } from '../../domain/hub-error.js';
import type { Expected, StoredBlob } from './blob-store.js';

/** Content that counts and hashes itself while it is read. */
export interface VerifiedContent {
  readonly content: AsyncIterable<Uint8Array>;
  /**
   * To be called when `content` was read to its end.
   * @throws HubError `BadRequest` when the hash or size is another than expected
   */
  result(): StoredBlob;
}

/** Wraps content so that every store checks it the same way; too much of it fails while it is read. */
export function verifyContent(content: AsyncIterable<Uint8Array>, expected: Expected): VerifiedContent {
  const hash = createHash('sha256');
  let size = 0;
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      size += chunk.byteLength;
      refuseLonger(size, expected);
      hash.update(chunk);
      yield chunk;
    }
  }
  return { content: measured(), result: () => check({ sha256: hash.digest('hex'), size }, expected) };
}

function refuseLonger(size: number, { size: announced = Infinity, maxSize = Infinity }: Expected): void {
  if (size > announced) throw new HubError('BadRequest', `The content is longer than the ${announced} bytes announced`);
  if (size > maxSize) throw new HubError('PayloadTooLarge', `The content is longer than ${maxSize} bytes`);
}

function check(found: StoredBlob, { sha256, size }: Expected): StoredBlob {
  if (size !== undefined && size !== found.size)
    throw new HubError('BadRequest', `The content has ${found.size} bytes, not ${size} as announced`);
  if (sha256 !== undefined && sha256 !== found.sha256)
    throw new HubError('BadRequest', `The content's SHA-256 is ${found.sha256}, not ${sha256} as announced`);
  return found;
}
