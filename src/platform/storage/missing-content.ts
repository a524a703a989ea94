import { HubError } from '../../domain/hub-error.js';

/** The error for content that the database refers to and the storage does not have, for example after an incomplete restore. */
export const missingContent = (sha256: string, cause: unknown): HubError =>
  new HubError(
    'ContentMissing',
    'The content of this file is missing from the storage of the hub. Its administrator can list missing files with the command check.',
    { detail: `SHA-256 ${sha256}`, cause },
  );

/** The error for content whose stored bytes are fewer than the database states, for example after a write that a disk lost. */
export const truncatedContent = (sha256: string, cause?: unknown): HubError =>
  new HubError(
    'ContentMissing',
    'The content of this file is incomplete in the storage of the hub. Its administrator can list damaged files with the command check.',
    { detail: `SHA-256 ${sha256}`, cause },
  );

/** Whether content, or a part of it, is missing. */
export const isMissingContent = (error: unknown): boolean =>
  error instanceof HubError && error.code === 'ContentMissing';
