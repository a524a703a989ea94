import type { FileDigests } from './file-hash.js';

/** Bytes of a slot of the shared memory. */
export const SLOT_BYTES = 512 * 1024;
export const SLOTS = 8;

/** The data of the thread: the memory through which it receives bytes. */
export interface DigestThreadData {
  readonly memory: SharedArrayBuffer;
}

/** A request to the thread, about a file by its number. */
export type DigestRequest =
  | { readonly kind: 'begin'; readonly file: number; readonly gitSize: number | undefined }
  | { readonly kind: 'bytes'; readonly file: number; readonly slot: number; readonly length: number }
  | { readonly kind: 'mark'; readonly file: number }
  | { readonly kind: 'rewind'; readonly file: number }
  | { readonly kind: 'end'; readonly file: number }
  | { readonly kind: 'drop'; readonly file: number };

/** A slot that can be used again, or the digests of a file. */
export type DigestReply = { readonly slot: number } | { readonly file: number; readonly digests: FileDigests };
