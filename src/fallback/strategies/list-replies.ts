import type { ListEntries, ListEntry, ListQuery } from '../../domain/list.js';
import { fieldsOf } from '../../domain/read-fields.js';
import { plainInfo } from './drop-mistyped-fields.js';
import { stripXetFromInfo } from './strip-xet.js';

/**
 * A source's page in the hub's format, without Xet hints and values of the wrong type. Malformed entries are `undefined`, so that offsets match those of the source's
 * page. Models get `modelId`, which huggingface.co omits from expanded entries.
 */
export const listEntries = ({ type }: ListQuery, json: unknown): ListEntries =>
  (json as readonly unknown[]).map((entry) => {
    if (!isEntry(entry)) return undefined;
    const plain = stripXetFromInfo(plainInfo(entry)) as ListEntry;
    return type === 'model' && !('modelId' in plain) ? { ...plain, modelId: plain.id } : plain;
  });

/** The id of a repository; no part of it begins with a dot. */
const REPO_ID = /^(?!\.)[\w.-]{1,96}(?:\/(?!\.)[\w.-]{1,96})?$/;

function isEntry(entry: unknown): entry is ListEntry {
  const { id } = fieldsOf(entry);
  return typeof id === 'string' && REPO_ID.test(id);
}
