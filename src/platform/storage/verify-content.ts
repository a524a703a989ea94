import { createHash } from 'node:crypto';
import { HubError } from '../../domain/hub-error.js';
import type { Expected, StoredBlob } from './blob-store.js';

/** Content that is counted and hashed while it is read. */
export interface VerifiedContent {
  readonly content: AsyncIterable<Uint8Array>;
  /**
   * Call this after `content` has been read completely.
   * @throws HubError `BadRequest` if the hash or size differs from the expected one
   */
  result(): StoredBlob;
}

/** Verifies content for all stores. Content that is too long fails while it is read. */
export function verifyContent(content: AsyncIterable<Uint8Array>, expected: Expected): VerifiedContent {
  const hash = createHash('sha256');
  let size = 0;
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      size += chunk.byteLength;
      rejectTooLong(size, expected);
      hash.update(chunk);
      yield chunk;
    }
  }
  return { content: measured(), result: () => check({ sha256: hash.digest('hex'), size }, expected) };
}

function rejectTooLong(size: number, { size: expectedSize = Infinity, maxSize = Infinity }: Expected): void {
  if (size > expectedSize)
    throw new HubError('BadRequest', `The content is longer than the announced ${expectedSize} bytes`);
  if (size > maxSize) throw new HubError('PayloadTooLarge', `The content is longer than the limit of ${maxSize} bytes`);
}

function check(actual: StoredBlob, { sha256, size }: Expected): StoredBlob {
  if (size !== undefined && size !== actual.size)
    throw new HubError('BadRequest', `The content has ${actual.size} bytes instead of the announced ${size}`);
  if (sha256 !== undefined && sha256 !== actual.sha256)
    throw new HubError('BadRequest', `The content has the SHA-256 ${actual.sha256} instead of the announced ${sha256}`);
  return actual;
}
