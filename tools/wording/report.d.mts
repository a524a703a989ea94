import type { Hit } from './check-text.mjs';

/** One line for each hit. */
export function listHits(hits: readonly Hit[]): string[];
/** Tables of hits by rule and by place. */
export function countHits(hits: readonly Hit[]): string[];
