import { createHash } from 'node:crypto';
import type { Source } from '../../domain/source.js';

/**
 * Identifies a source in the content cache. Its key is not sufficient: sources of the environment are numbered, so their keys may refer to other
 * sources later.
 */
export const cacheKeyOf = ({ key, url }: Pick<Source, 'key' | 'url'>): string =>
  `${key}@${createHash('sha256').update(url).digest('hex').slice(0, 16)}`;
