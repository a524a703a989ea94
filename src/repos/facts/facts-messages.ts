import type { GgufFacts, WeightsFacts } from './model-facts.js';

/** A file that the thread may read. */
export interface ReadableFile {
  readonly path: string;
  readonly size: number;
}

/** The thread reads the header of a GGUF model, or the weights and configuration of a model in other formats. */
export interface FactsJob {
  readonly kind: 'gguf' | 'weights';
  /** All parts of a GGUF model, the first one first. */
  readonly files: readonly ReadableFile[];
}

/** Bytes of a file that the thread needs; `start` and `end` are inclusive. */
export interface BytesRequest {
  readonly id: number;
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export type ThreadMessage = BytesRequest | { readonly facts: GgufFacts | WeightsFacts } | { readonly problem: string };

/** `undefined` if the bytes cannot be read. */
export interface BytesReply {
  readonly id: number;
  readonly bytes: Uint8Array | undefined;
}
