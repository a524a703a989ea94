import type { Readable } from 'node:stream';

/** Bytes `start` to `end` of a blob, both included, as HTTP counts them. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a blob must be to be taken. */
export interface Expected {
  /** Lower-case hex. */
  readonly sha256?: string;
  /** Bytes, exactly. */
  readonly size?: number;
  /** Bytes at most. */
  readonly maxSize?: number;
}

/** A blob that is stored. */
export interface StoredBlob {
  readonly sha256: string;
  readonly size: number;
}

/** Content by its sha256. A blob is whole and durable before `put` returns; until then nobody sees it. */
export interface BlobStore {
  /**
   * Hashes while it receives.
   * @throws HubError `BadRequest` when the content has another hash or size, `PayloadTooLarge` when it is longer than allowed
   */
  put(content: AsyncIterable<Uint8Array>, expected?: Expected): Promise<StoredBlob>;
  /** The content; a blob that is not there is the stream's error. */
  open(sha256: string, range?: ByteRange): Readable;
  /** Bytes, or undefined when there is no such blob. */
  size(sha256: string): Promise<number | undefined>;
  has(sha256: string): Promise<boolean>;
  /** Deleting what is not there is fine. */
  delete(sha256: string): Promise<void>;
  /** Every blob whose digest begins with these two hex digits: a large store is looked through in pieces. */
  list(prefix: string): AsyncIterable<string>;
  /** Asks the store, cheaply, whether it can serve. @throws whatever says why it cannot; the signal's reason when that is over first */
  ping(signal?: AbortSignal): Promise<void>;
}

/** Injection token of the blob store. */
export const BLOB_STORE = Symbol('BlobStore');
