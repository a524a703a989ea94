import { HubError } from '../../domain/hub-error.js';

/** The error for content that the database refers to and the storage does not have, for example after an incomplete restore. */
export const missingContent = (sha256: string, cause: unknown): HubError =>
  new HubError(
    'ContentMissing',
    'The content of this file is missing from the storage of the hub. Its administrator can list missing files with the command check.',
    { detail: `SHA-256 ${sha256}`, cause },
  );

/** Whether content is missing. */
export const isMissingContent = (error: unknown): boolean =>
  error instanceof HubError && error.code === 'ContentMissing';
