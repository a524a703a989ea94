import type { GitAttributes } from './git-attributes.js';

/** How a file's content travels: inside the commit, or beforehand as a large file. */
export type UploadMode = 'regular' | 'lfs';

/** A file that somebody is about to upload. */
export interface AnnouncedFile {
  readonly path: string;
  /** Its first bytes. */
  readonly sample: Uint8Array;
  /** Bytes. */
  readonly size: number;
}

/** Above so many bytes every file is large: the documented limit of huggingface.co for what travels inside a commit. */
const LARGE_BYTES = 10 * 1024 * 1024;
/** Above so many bytes a file that is no text is large; icons and the like stay where git can show them. */
const LARGE_BINARY_BYTES = 100_000;

/**
 * A file is large when the repository's attributes say so, when it is longer than 10 MB, or when it is no text, longer than 100 kB and
 * the attributes say nothing. An empty one never is: there is nothing to point to, and clients send it inside the commit.
 */
export function uploadMode({ path, sample, size }: AnnouncedFile, attributes: GitAttributes): UploadMode {
  if (size === 0) return 'regular';
  const filter = attributes.filter(path);
  if (filter === 'lfs' || size > LARGE_BYTES) return 'lfs';
  return filter === undefined && size > LARGE_BINARY_BYTES && !isText(sample) ? 'lfs' : 'regular';
}

/** UTF-8 without NUL, the last character perhaps cut off. */
function isText(sample: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return !sample.includes(0);
  } catch {
    return false;
  }
}
