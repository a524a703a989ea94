/** Stands for the SHA-256 of a large file in a gated repository, for callers without access, as on huggingface.co (observed in October 2026). */
export const MASKED_HASH = '*'.repeat(64);
