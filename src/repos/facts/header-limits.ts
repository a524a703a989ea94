const MIB = 1024 * 1024;
const MIN_BYTES = 192 * MIB;
const MAX_BYTES = 512 * MIB;
/** The hub itself and the embedded database need most of the memory of a small container. */
const PART = 1 / 4;

/** Limits of a process that reads a header. */
export interface HeaderLimits {
  /** Limit for the objects of JavaScript. Node.js itself needs about 60 MB, and the bytes of the file are in other buffers. */
  readonly heapBytes: number;
  /** Limit for the whole process. */
  readonly totalBytes: number;
}

/**
 * The memory of a process that reads a header, which is part of the memory of the container.
 *
 * @param constrained - limit of the container; 0 or far above the memory of the machine if it has no limit
 */
export function headerLimits(constrained: number, total: number): HeaderLimits {
  const available = constrained > 0 ? Math.min(constrained, total) : total;
  const totalBytes = Math.min(MAX_BYTES, Math.max(MIN_BYTES, Math.floor(available * PART)));
  return { heapBytes: totalBytes / 2, totalBytes };
}
