import type { GgufFacts, TemplateFacts, WeightsFacts } from './model-facts.js';

/** A file that the process may read. */
export interface ReadableFile {
  readonly path: string;
  readonly size: number;
}

/** The process reads the header of a GGUF model, or the weights and configuration of a model in other formats. */
export interface HeaderJob {
  readonly kind: 'gguf' | 'weights';
  /** All parts of a GGUF model, the first one first. */
  readonly files: readonly ReadableFile[];
}

/** The process converts the chat template of a GGUF model to the language of Ollama. */
export interface TemplateJob {
  readonly kind: 'template';
  readonly gguf: GgufFacts;
}

export type FactsJob = HeaderJob | TemplateJob;
export type Facts = GgufFacts | WeightsFacts | TemplateFacts;

/** Larger parts of files are not read. Headers of real models have up to 60 MB (an index of 500,000 tensors). */
export const MAX_READ_BYTES = 64 * 1024 * 1024;

/** Bytes of a file that the process needs; `start` and `end` are inclusive. */
export interface BytesRequest {
  readonly id: number;
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export type ProcessMessage = BytesRequest | { readonly facts: Facts } | { readonly problem: string };

/** `undefined` if the bytes cannot be read. */
export interface BytesReply {
  readonly id: number;
  readonly bytes: Uint8Array | undefined;
}

/** The first message to the process, then the bytes that it has requested. */
export type ProcessInput = { readonly job: FactsJob } | BytesReply;
