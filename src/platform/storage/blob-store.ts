import { Readable } from 'node:stream';
import type { BufferBudget } from './buffer-budget.js';

/** A byte range of a blob, both ends inclusive as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A range of a blob. */
export interface BlobRange extends ByteRange {
  /** The size that the whole blob must have, if it is known. */
  readonly blobSize?: number;
}

/** Expected properties of a blob. */
export interface Expected {
  /** Lower-case hex. */
  readonly sha256?: string;
  /** Exact size in bytes. */
  readonly size?: number;
  /** Maximum size in bytes. */
  readonly maxSize?: number;
}

/** How a blob is stored. */
export interface PutOptions extends Expected {
  /** For stores that buffer content. Not limited by default. */
  readonly memory?: BufferBudget;
}

/** A stored blob. */
export interface StoredBlob {
  readonly sha256: string;
  readonly size: number;
}

/** Stores contents by their SHA-256. A blob becomes visible when it is complete and durable, which is before `put` returns. */
export interface BlobStore {
  /**
   * Stores content and hashes it at the same time.
   * @throws HubError `BadRequest` if the content has a different hash or size, `PayloadTooLarge` if it exceeds `maxSize`; as
   * `BufferBudget.waitFor`
   */
  put(content: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<StoredBlob>;
  /**
   * Stores small contents together, which takes less work than storing each. The keys are their digests, which the caller has computed.
   * If this fails, some of them may be stored.
   */
  putAll(contents: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /**
   * Opens the content. If the blob does not exist, has another size than expected, or does not have all bytes of the range, the stream
   * fails with `ContentMissing` before its first chunk.
   */
  open(sha256: string, range?: BlobRange): Readable;
  /** Size in bytes, or `undefined` if the blob does not exist. */
  size(sha256: string): Promise<number | undefined>;
  has(sha256: string): Promise<boolean>;
  /** Does nothing if the blob does not exist. */
  delete(sha256: string): Promise<void>;
  /**
   * Moves a damaged blob to `damaged/`. The content is then missing, so that another upload stores it.
   * @returns where it is now, in the store; `undefined` if the blob does not exist
   */
  setAside(sha256: string): Promise<string | undefined>;
  /** Lists the blobs whose digest starts with two hex digits, so that large stores can be searched in parts. */
  list(prefix: string): AsyncIterable<string>;
  /** Deletes partial uploads of crashed processes that have not changed since `before`. Other processes may be writing newer ones. */
  sweep(before: Date): Promise<void>;
  /**
   * Checks cheaply whether the store is available.
   * @throws the reason why it is not
   */
  ping(): Promise<void>;
  /** @throws HubError `StorageUnavailable` while the store is known to be down, so that nothing is begun that needs it */
  admit(): void;
}

/** Injection token of the blob store. */
export const BLOB_STORE = Symbol('BlobStore');

/** Opens stored content, or a range of it. The stream fails as that of `BlobStore.open` if the blob has another size. */
export function openContent(blobs: Pick<BlobStore, 'open'>, { sha256, size }: StoredBlob, range?: ByteRange): Readable {
  if (size === 0) return Readable.from([]);
  return blobs.open(sha256, { start: 0, end: size - 1, ...range, blobSize: size });
}
