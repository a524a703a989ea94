import { HubError } from '../../domain/hub-error.js';

/** No room, or the quota is used up: from the file system, and (53100) from PostgreSQL. */
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', '53100']);

/**
 * A storage that is full, in the hub's words; undefined for every other error. The one place that knows how a full disk looks: the
 * filter asks it about whatever was thrown, so that nobody else has to.
 */
export function storageFault(error: unknown): HubError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && FULL.has(cause.code)) {
      return new HubError('StorageFull', 'The hub has no room left for this; nothing was changed', { cause: error });
    }
  }
  return undefined;
}
