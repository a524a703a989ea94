import type { PutOptions } from './blob-store.js';

/** Identifies a stored part by its number and the ETag that the client got for it. */
export interface StoredPart {
  /** Starts at 1. */
  readonly partNumber: number;
  /** Without quotes. */
  readonly etag: string;
}

/** How a part is stored. */
export interface PutPartOptions extends Pick<PutOptions, 'memory'> {
  /** Exact size in bytes. */
  readonly size: number;
}

/** Stores the parts of multipart uploads until they are assembled. Parts survive a restart. */
export interface PartStore {
  /**
   * Stores a part, which replaces an earlier one with the same number. It is complete and durable when this returns.
   * @returns the ETag of the part
   * @throws HubError `BadRequest` if the part does not have exactly `size` bytes; as `BufferBudget.waitFor`
   */
  put(upload: string, partNumber: number, content: AsyncIterable<Uint8Array>, options: PutPartOptions): Promise<string>;
  has(upload: string, part: StoredPart): Promise<boolean>;
  /** Reads the concatenated content of parts. */
  read(upload: string, parts: readonly StoredPart[]): AsyncIterable<Uint8Array>;
  /** Deletes the parts of an upload, if there are any. */
  drop(upload: string): Promise<void>;
  /** Deletes uploads that got no part since `before`. */
  sweep(before: Date): Promise<void>;
}

/** Injection token of the part store. */
export const PART_STORE = Symbol('PartStore');
