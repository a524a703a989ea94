import { HubError } from '../../domain/hub-error.js';
import type { BlobRange } from './blob-store.js';

/** The error for content that the database refers to and the storage does not have, for example after an incomplete restore. */
export const missingContent = (sha256: string, cause: unknown): HubError =>
  new HubError(
    'ContentMissing',
    'The content of this file is missing from the storage of the hub. Its administrator can list missing files with the command check.',
    { detail: `SHA-256 ${sha256}`, cause },
  );

const damagedContent = (sha256: string, problem: string, cause?: unknown): HubError =>
  new HubError(
    'ContentMissing',
    `The content of this file ${problem} in the storage of the hub. Its administrator can list damaged files with the command check.`,
    { detail: `SHA-256 ${sha256}`, cause },
  );

/** The error for content whose stored bytes are fewer than the database states, for example after a write that a disk lost. */
export const truncatedContent = (sha256: string, cause?: unknown): HubError =>
  damagedContent(sha256, 'is incomplete', cause);

/** The error for a stored blob that does not have the bytes of the range, or the expected size; `undefined` if it does. */
export function sizeProblem(sha256: string, { end, blobSize = 0 }: BlobRange, size: number): HubError | undefined {
  if (size <= end || size < blobSize) return truncatedContent(sha256);
  return blobSize > 0 && size > blobSize ? damagedContent(sha256, 'has more bytes than it should have') : undefined;
}

/** Whether content, or a part of it, is missing. */
export const isMissingContent = (error: unknown): boolean =>
  error instanceof HubError && error.code === 'ContentMissing';
