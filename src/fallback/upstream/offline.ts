import type { Failure } from '../../domain/upstream.js';

export const OFFLINE_CODE = 'HUB_OFFLINE';

/** The outcome of a request that was not sent, because the administrator does not allow it. */
export const OFFLINE: Failure = {
  kind: 'failure',
  category: 'offline',
  message: 'This hub is offline, so that no request was sent',
};

/** Thrown instead of opening a connection while the hub is offline. */
export class OfflineError extends Error {
  readonly code = OFFLINE_CODE;

  constructor() {
    super(OFFLINE.message);
  }
}
