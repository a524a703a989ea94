import type { Failure } from '../../domain/upstream.js';

/** For a source whose stored credentials none of the hub's keys can decrypt. */
export const CREDENTIALS_UNREADABLE: Failure = {
  kind: 'failure',
  category: 'credentials-unreadable',
  message:
    'Its stored credentials cannot be decrypted, so no request was sent. Enter them again in Admin → Fallback sources',
};

/** For requests that began before an administrator has changed or deleted the source. */
export const CREDENTIALS_CHANGED: Failure = {
  kind: 'failure',
  category: 'unavailable',
  message: 'Its settings have just been changed. Try again',
  retryAfter: 1,
};
