import type { StepBudget } from '../../domain/pattern-matcher.js';
import type { GitAttributes } from './git-attributes.js';

/** Number of bytes of a file that clients send with a preupload. */
export const SAMPLE_BYTES = 512;

/** How the content of a file is uploaded: inside the commit, or separately as an LFS object. */
export type UploadMode = 'regular' | 'lfs';

/** A file that a client is about to upload. */
export interface AnnouncedFile {
  readonly path: string;
  /** First bytes of the file. */
  readonly sample: Uint8Array;
  /** Bytes. */
  readonly size: number;
}

/** Larger files always use LFS. This is huggingface.co's documented limit for content inside a commit. */
const LFS_THRESHOLD_BYTES = 10 * 1024 * 1024;
/** Larger binary files use LFS; small ones, such as icons, stay in git. */
const LFS_BINARY_THRESHOLD_BYTES = 100_000;

/**
 * Files use LFS if the attributes require it or if they exceed 10 MiB. Binary files above 100 kB use LFS if the attributes do not mention
 * them. Empty files never use LFS: clients send them inside the commit.
 */
export function uploadMode(
  { path, sample, size }: AnnouncedFile,
  attributes: GitAttributes,
  budget: StepBudget,
): UploadMode {
  if (size === 0) return 'regular';
  const filter = attributes.filter(path, budget);
  if (filter === 'lfs' || size > LFS_THRESHOLD_BYTES) return 'lfs';
  return filter === undefined && size > LFS_BINARY_THRESHOLD_BYTES && !isText(sample) ? 'lfs' : 'regular';
}

/** Whether the upload mode of a file of this size may depend on its first bytes. */
export const needsSample = (size: number): boolean => size > LFS_BINARY_THRESHOLD_BYTES && size <= LFS_THRESHOLD_BYTES;

/** True for UTF-8 without NUL. The last character may be cut off. */
function isText(sample: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return !sample.includes(0);
  } catch {
    return false;
  }
}
