import type { AnyOperationKind, Operations, ReplyJson } from '../../domain/operation.js';
import { fieldsOf } from '../../domain/read-fields.js';
import { decodeReplies, type DecodedReply, type Replies, type SourceStrategy } from './source-strategy.js';

/** Entries that are decoded in one step. Takes about a millisecond. */
const STEP_LENGTH = 2_000;
/** Operations whose replies are lists of independent entries. */
const LIST_KINDS: ReadonlySet<AnyOperationKind> = new Set(['tree', 'pathsInfo', 'commits']);
/** Fields of a reply whose entries are decoded one by one. A repository may have hundreds of thousands of files. */
const LISTS = ['siblings', 'tags', 'branches', 'converts', 'pullRequests'] as const;

/**
 * `decodeReplies` in steps, between which other work can be done: parts of long lists are decoded like separate replies.
 */
export function* decodeSteps<Kind extends AnyOperationKind>(
  strategy: SourceStrategy,
  operation: Operations[Kind],
  [reply, ...others]: Replies,
): Generator<void, DecodedReply<ReplyJson[Kind]>> {
  const decode = (json: unknown): DecodedReply<ReplyJson[Kind]> =>
    decodeReplies(strategy, operation, [{ ...reply, json }, ...others]);
  const { json } = reply;
  if (Array.isArray(json) && LIST_KINDS.has(operation.kind)) {
    const decoded = decode(json.slice(0, STEP_LENGTH));
    const entries = [...(decoded.json as unknown as unknown[])];
    for (const part of partsOf(json, STEP_LENGTH)) {
      yield;
      entries.push(...(decode(part).json as unknown as unknown[]));
    }
    return { ...decoded, json: entries as unknown as ReplyJson[Kind] };
  }
  const fields = fieldsOf(json);
  const long = LISTS.filter((name) => isLong(fields[name]));
  if (long.length === 0) return decodeReplies(strategy, operation, [reply, ...others]);
  const short = decode({ ...fields, ...Object.fromEntries(long.map((name) => [name, []])) });
  const lists: Record<string, unknown> = {};
  for (const name of long) {
    const entries: unknown[] = (lists[name] = []);
    for (const part of partsOf(fields[name] as unknown[], 0)) {
      entries.push(...(fieldsOf(decode({ [name]: part }).json)[name] as unknown[]));
      yield;
    }
  }
  return { ...short, json: { ...fieldsOf(short.json), ...lists } as unknown as ReplyJson[Kind] };
}

const isLong = (list: unknown): boolean => Array.isArray(list) && list.length > STEP_LENGTH;

function* partsOf(list: readonly unknown[], from: number): Generator<readonly unknown[]> {
  for (let at = from; at < list.length; at += STEP_LENGTH) yield list.slice(at, at + STEP_LENGTH);
}
