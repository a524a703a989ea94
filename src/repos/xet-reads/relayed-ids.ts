import { createHash } from 'node:crypto';

/** Separates the ids from each other, and from all other uses of SHA-256. Clients store ids without expiry, so they must not change. */
const LABELS = { file: 'hubfall relayed xet file v1', xorb: 'hubfall relayed xet xorb v1' } as const;

/**
 * The id of this hub for a file or xorb in the Xet storage of a source. Clients store content by it, also for other repositories. So a source that reports
 * the hash of another content must not get that content's id: the id depends on the source and cannot be inverted.
 *
 * @param sourceKey - identifies the source (`cacheKeyOf`)
 * @param hash - as the source reports it
 */
export const relayedId = (kind: keyof typeof LABELS, sourceKey: string, hash: string): string =>
  createHash('sha256')
    .update(JSON.stringify([LABELS[kind], sourceKey, hash]))
    .digest('hex');
