/** A part of an upload, by what it is and what was answered for it. */
export interface StoredPart {
  /** From 1. */
  readonly partNumber: number;
  /** Without quotes. */
  readonly etag: string;
}

/** The parts of uploads that come in several requests, until they are put together. They outlive the process. */
export interface PartStore {
  /**
   * Takes a part, in the place of an earlier one of this number; its ETag. Whole and durable before this returns.
   * @throws HubError `BadRequest` when it has not exactly `size` bytes
   */
  put(upload: string, partNumber: number, content: AsyncIterable<Uint8Array>, size: number): Promise<string>;
  /** Is there such a part? */
  has(upload: string, part: StoredPart): Promise<boolean>;
  /** The content of these parts, one after the other. */
  read(upload: string, parts: readonly StoredPart[]): AsyncIterable<Uint8Array>;
  /** Forgets an upload; one that is not there is fine. */
  drop(upload: string): Promise<void>;
  /** Forgets uploads that nothing was added to since `before`. */
  sweep(before: Date): Promise<void>;
}

/** Injection token of the part store. */
export const PART_STORE = Symbol('PartStore');
