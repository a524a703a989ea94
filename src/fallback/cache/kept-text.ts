import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { parseJsonSteps } from '../../domain/json-steps.js';
import type { Reply } from '../../domain/upstream.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Maximum length of an answer as JSON. */
const MAX_LENGTH = 16 * 1024 * 1024;
/** Parsing as many characters takes about ten milliseconds. */
const MAX_LENGTH_AT_ONCE = 1024 * 1024;
/** Version of the format; replicas with another version ignore the entries. */
const FORMAT = 1;

/** Replies to an operation, or only the commit of a revision. */
export interface AnswerContent {
  readonly commit?: string | undefined;
  readonly replies?: readonly Reply[] | undefined;
}

/** A kept answer, with the times at which the source was asked. */
export interface KeptAnswer extends AnswerContent {
  readonly checkedAt: number;
  readonly failedAt?: number | undefined;
}

/** A kept answer whose replies are not parsed. */
export interface KeptText {
  readonly text: string | undefined;
  readonly commit: string | undefined;
  readonly checkedAt: number;
  readonly failedAt: number | undefined;
  readAt: number;
}

/** The replies as a text; `too-long` if they are not kept. */
export function writeReplies({ replies }: AnswerContent): string | undefined | 'too-long' {
  const text = replies && JSON.stringify({ form: FORMAT, replies });
  return text !== undefined && text.length > MAX_LENGTH ? 'too-long' : text;
}

export const compress = async (text: string | undefined): Promise<Buffer | undefined> =>
  text === undefined ? undefined : deflate(text);

/** A row as it is stored. */
export interface KeptRow {
  readonly commit: string | null;
  readonly body: Buffer | null;
  /** Unix time in milliseconds, as all times. */
  readonly checkedAt: number;
  readonly failedAt: number | null;
  readonly readAt: number;
}

export const readRow = async ({ commit, body, checkedAt, failedAt, readAt }: KeptRow): Promise<KeptText> => ({
  text: body ? (await inflate(body)).toString() : undefined,
  commit: commit ?? undefined,
  checkedAt,
  failedAt: failedAt ?? undefined,
  readAt,
});

/** Parses the text on every call, so that no caller can modify the reply of another. */
export async function readReplies({ text, commit, checkedAt, failedAt }: KeptText): Promise<KeptAnswer | undefined> {
  if (text === undefined) return { commit, checkedAt, failedAt };
  const isShort = text.length <= MAX_LENGTH_AT_ONCE;
  const stored = isShort ? (JSON.parse(text) as unknown) : await runInSteps(parseJsonSteps(text));
  const { form, replies } = stored as { form: number; replies: Reply[] };
  return form === FORMAT ? { commit, checkedAt, failedAt, replies } : undefined;
}
