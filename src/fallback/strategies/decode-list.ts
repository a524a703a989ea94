import type { ListEntries, ListEntry, ListQuestion } from '../../domain/list.js';
import { stripXetFromInfo } from './strip-xet.js';

/** A source's page in our shape, without Xet hints. Models bear `modelId`, which huggingface.co leaves out of expanded answers. */
export const decodeList = ({ type }: ListQuestion, json: unknown): ListEntries =>
  (json as readonly unknown[]).map((entry) => {
    if (!isEntry(entry)) return undefined;
    const plain = stripXetFromInfo(entry) as ListEntry;
    return type === 'model' && !('modelId' in plain) ? { ...plain, modelId: plain.id } : plain;
  });

/** Something with an id that a repository can have: no name begins with a dot. */
const isEntry = (entry: unknown): entry is ListEntry =>
  typeof entry === 'object' &&
  entry !== null &&
  /^(?!\.)[\w.-]{1,96}(?:\/(?!\.)[\w.-]{1,96})?$/.test(String((entry as Partial<ListEntry>).id));
