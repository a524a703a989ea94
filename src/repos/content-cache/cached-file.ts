import type { ByteRange } from '../../platform/storage/blob-store.js';
import type { FileIdentity } from './held-content.store.js';
import type { FileName } from './pin-matcher.js';
import type { FileDigests } from './file-hash.js';

const SHA256 = /^[0-9a-f]{64}$/;
const GIT_ID = /^[0-9a-f]{40}$/;

/** Bytes from the source, with the media type that it reports. */
export interface FetchedBytes {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly contentType: string | undefined;
}

/** A file of a source that is read through the content cache. */
export interface CachedFile {
  readonly identity: FileIdentity;
  /** Its place in a repository. */
  readonly name: FileName;
  /**
   * Requests a range of the file from the source.
   * @param isAwaited - whether others than the one that began to read the file wait for it
   * @throws HubError the error of the source
   */
  fetch(range: ByteRange, signal: AbortSignal, isAwaited?: () => boolean): Promise<FetchedBytes>;
}

/** Whether an ETag is the id of a file in git. */
export const isGitId = (etag: string): boolean => GIT_ID.test(etag);

/** Whether a file can be verified, so that the cache may keep it. Empty files need no cache. */
export const isVerifiable = ({ etag, size }: FileIdentity): boolean => size > 0 && (SHA256.test(etag) || isGitId(etag));

/** Whether the digests of the content are the ones that the source has announced. */
export const matchesEtag = (etag: string, { sha256, gitId }: FileDigests): boolean =>
  SHA256.test(etag) ? sha256 === etag : gitId === etag;
