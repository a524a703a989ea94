import type { Source, SourceSecrets } from '../../domain/source.js';
import type { Failure } from '../../domain/upstream.js';
import { OFFLINE } from './offline.js';

/** For a source whose stored credentials none of the hub's keys can decrypt. */
const CREDENTIALS_UNREADABLE: Failure = {
  kind: 'failure',
  category: 'credentials-unreadable',
  message:
    'Its stored credentials cannot be decrypted, so no request was sent. Enter them again in Admin → Fallback sources',
};

/** For requests that began before an administrator has changed or deleted the source. */
const CREDENTIALS_CHANGED: Failure = {
  kind: 'failure',
  category: 'unavailable',
  message: 'Its settings have just been changed. Try again',
  retryAfter: 1,
};

/** The failure of a request to an offline source, or of one that would be sent without the credentials of its source: the reply could differ. */
export function unsendableFailure(
  { offline, isUnreadable, hasCredentials }: Source,
  secrets: SourceSecrets,
): Failure | undefined {
  if (offline) return OFFLINE;
  if (isUnreadable) return CREDENTIALS_UNREADABLE;
  return hasCredentials && Object.keys(secrets).length === 0 ? CREDENTIALS_CHANGED : undefined;
}
