import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** What the worker is told to hash, and what it tells: how far it is, then the sum, or why there is none. */
export interface HashRequest {
  readonly number: number;
  readonly file: Blob;
}
export type HashMessage = { readonly number: number } & (
  { readonly read: number } | { readonly sum: string } | { readonly fault: string }
);

const tell = (word: HashMessage): void => self.postMessage(word);

/** Piece by piece: a file of any size takes no more memory than a piece of it. */
async function hash({ number, file }: HashRequest): Promise<void> {
  const sum = sha256.create();
  const reader = file.stream().getReader();
  let read = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    sum.update(piece.value);
    read += piece.value.length;
    tell({ number, read });
  }
  tell({ number, sum: bytesToHex(sum.digest()) });
}

// One after the other: the disk and the processor would gain nothing from more at once.
let last = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<HashRequest>) => {
  last = last.then(() => hash(data)).catch((error: unknown) => tell({ number: data.number, fault: String(error) }));
};
