import { MASKED_HASH } from '../../domain/masked-hash.js';
import type { Sibling } from '../../domain/wire/repo-info.js';
import type { TreeEntry } from '../store/wire/tree-entry.js';

/** An entry of a list of files for callers without access to a gated repository. With the hash of a large file, they could find its content elsewhere. */
export const maskedEntry = (entry: TreeEntry): TreeEntry =>
  entry.lfs ? { ...entry, lfs: { ...entry.lfs, oid: MASKED_HASH } } : entry;

/** As `maskedEntry`, for `siblings`. */
export const maskedSibling = (sibling: Sibling): Sibling =>
  sibling.lfs ? { ...sibling, lfs: { ...sibling.lfs, sha256: MASKED_HASH } } : sibling;
