import { formatBytes } from '../../domain/byte-size.js';
import { HubError } from '../../domain/hub-error.js';

/** How much storage a namespace uses and may use, in bytes. */
export interface StorageUse {
  /** Bytes of contents, counting identical ones once, and of xorbs that are not part of a file yet. */
  readonly used: number;
  /** Bytes of accepted uploads that have not arrived yet. */
  readonly reserved: number;
  /** `undefined` if unlimited. */
  readonly limit: number | undefined;
}

const REMEDY =
  'Delete repositories or old versions of files that are no longer needed, or ask the administrator of this hub for a larger quota.';

/**
 * The error for an upload that exceeds the quota of a namespace. It is a 403 with a message, as on huggingface.co when the storage of an
 * account is full: `huggingface_hub` prints "403 Forbidden: " and the message and does not retry, git-lfs and `@huggingface/hub` print the
 * message. There is no `X-Error-Code`, since clients know none for this.
 *
 * @param added - bytes that the upload adds at least
 */
export function quotaExceeded(namespace: string, { used, reserved, limit = 0 }: StorageUse, added: number): HubError {
  const unfinished = reserved > 0 ? `, unfinished uploads will use ${formatBytes(reserved)}` : '';
  const what = added > 0 ? `this upload adds ${formatBytes(added)}` : 'this upload adds to it';
  const message = `The storage quota of "${namespace}" is exceeded: ${formatBytes(used)} of ${formatBytes(limit)} are used${unfinished}, and ${what}. ${REMEDY}`;
  return new HubError('QuotaExceeded', message, { body: { quota: { used, reserved, limit, added } } });
}

/** The error for a repository that is transferred to a namespace with too little space. */
export function transferExceedsQuota(namespace: string, { used, reserved, limit = 0 }: StorageUse): HubError {
  const message = `This repository cannot be transferred to "${namespace}": it would then use ${formatBytes(used + reserved)} of its storage quota of ${formatBytes(limit)}. ${REMEDY}`;
  return new HubError('QuotaExceeded', message, { body: { quota: { used, reserved, limit } } });
}

/** The error for one repository too many. It has the same form as `quotaExceeded`. */
export function tooManyRepositories(namespace: string, count: number, limit: number): HubError {
  const message = `"${namespace}" has ${count} of at most ${limit} repositories. Delete repositories that are no longer needed, or ask the administrator of this hub for a larger quota.`;
  return new HubError('QuotaExceeded', message, { body: { quota: { repositories: count, limit } } });
}

/** The error for a file that is larger than any file may be. */
export function fileTooLarge(name: string | undefined, size: number, limit: number): HubError {
  const subject = name === undefined ? 'The file' : `The file ${JSON.stringify(name)}`;
  const message = `${subject} has ${formatBytes(size)}, but this hub accepts files of at most ${formatBytes(limit)}. Split it into smaller files, or ask the administrator of the hub.`;
  return new HubError('PayloadTooLarge', message);
}
