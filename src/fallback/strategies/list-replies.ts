import { isSafeEntry } from '../../domain/content-problem.js';
import type { ListEntries, ListEntry, ListQuery } from '../../domain/list.js';
import { fieldsOf } from '../../domain/read-fields.js';
import { isRepoFullName } from '../../domain/repo-id.js';
import { plainInfo } from './drop-mistyped-fields.js';
import { stripXetFromInfo } from './strip-xet.js';

/**
 * A source's page in the hub's format, without Xet hints and values of the wrong type. Malformed entries, and entries that clients must not
 * receive, are `undefined`, so that offsets match those of the source's page. Models get `modelId`, which huggingface.co omits from expanded entries.
 */
export const listEntries = ({ type }: ListQuery, json: unknown): ListEntries =>
  (json as readonly unknown[]).map((entry) => {
    if (!isEntry(entry)) return undefined;
    const plain = stripXetFromInfo(plainInfo(entry)) as ListEntry;
    return type === 'model' && !('modelId' in plain) ? { ...plain, modelId: plain.id } : plain;
  });

function isEntry(entry: unknown): entry is ListEntry {
  const fields = fieldsOf(entry);
  return isRepoFullName(fields['id']) && isSafeEntry(fields);
}
