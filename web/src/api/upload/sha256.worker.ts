import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

export interface HashRequest {
  readonly id: number;
  readonly file: Blob;
}
/** Progress, then the result or an error. */
export type HashMessage = { readonly id: number } & (
  { readonly bytesRead: number } | { readonly sha256: string } | { readonly error: string }
);

const post = (message: HashMessage): void => self.postMessage(message);

/** Reads the file as a stream, so memory use does not depend on its size. */
async function hash({ id, file }: HashRequest): Promise<void> {
  const digest = sha256.create();
  const reader = file.stream().getReader();
  let bytesRead = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    digest.update(chunk.value);
    bytesRead += chunk.value.length;
    post({ id, bytesRead });
  }
  post({ id, sha256: bytesToHex(digest.digest()) });
}

// Files are hashed one at a time: parallel hashing would not be faster in one worker.
let queue = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<HashRequest>) => {
  queue = queue.then(() => hash(data)).catch((error: unknown) => post({ id: data.id, error: String(error) }));
};
