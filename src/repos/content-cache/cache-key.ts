import { createHash } from 'node:crypto';
import type { Source } from '../../domain/source.js';

/**
 * Identifies a source in the content cache, by its URL only: its files remain valid if the source is deleted and added again, or its credentials change. Callers
 * get a file only if the source reports it for the repository, when the hub asks on their behalf (ADR 40).
 */
export const cacheKeyOf = ({ url }: Pick<Source, 'url'>): string =>
  `url:${createHash('sha256').update(url).digest('hex').slice(0, 16)}`;
