import { isNestedTooDeeply } from '../../domain/json-limits.js';
import { JsonTooDeep, JsonTooWide, MAX_JSON_FIELDS, parseJsonSteps } from '../../domain/json-steps.js';
import type { Reply } from '../../domain/upstream.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { decodingFault } from './content-coding.js';
import { InvalidReplyError } from './invalid-reply-error.js';
import { MAX_LARGE_JSON_BYTES } from './large-replies.js';
import { BodyTooLarge, readBytes, readText, type Body, type BodyUse } from './read-body.js';
import { MAX_JSON_BYTES, SMALL_JSON_BYTES, type ReplyAllowance } from './reply-budget.js';

/** Parsing as many characters takes about ten milliseconds. */
const MAX_LENGTH_AT_ONCE = 1024 * 1024;

type ReadReply = Pick<Reply, 'json' | 'hold' | 'isLarge'>;
type Limits = Pick<BodyUse, 'allowance' | 'mayBeLarge'>;

/**
 * Reads and parses the JSON of a response.
 *
 * @throws InvalidReplyError
 * @throws RepliesBusy
 */
export const readJson = (data: Body, limits: Limits): Promise<ReadReply> =>
  readReply(data, limits, async (limit) => {
    requireType(data, JSON_TYPE, 'JSON');
    const text = await readWithin(data, limit, limits.allowance);
    return { bytes: Buffer.byteLength(text), parse: () => parse(text) };
  });

/**
 * Reads the text of a response, which may have any encoding: the string has one character for each byte.
 *
 * @throws InvalidReplyError
 * @throws RepliesBusy
 */
export const readPlainText = (data: Body, limits: Limits): Promise<ReadReply> =>
  readReply(data, limits, async (limit) => {
    requireType(data, TEXT_TYPE, 'text');
    const bytes = await readBytesWithin(data, limit, limits.allowance);
    return { bytes: bytes.length, parse: () => bytes.toString('latin1') };
  });

interface ReceivedBody {
  readonly bytes: number;
  /** Called when the memory is settled. */
  parse(): unknown;
}

async function readReply(
  data: Body,
  { allowance, mayBeLarge }: Limits,
  receive: (limit: number) => Promise<ReceivedBody>,
): Promise<ReadReply> {
  const limit = mayBeLarge ? MAX_LARGE_JSON_BYTES : MAX_JSON_BYTES;
  data.body.on('error', () => undefined); // the connection can fail while this waits for memory
  try {
    const { bytes, parse } = await receive(limit);
    const hold = allowance?.settle(bytes);
    return { json: await parse(), ...(hold && { hold }), ...(bytes > MAX_JSON_BYTES && { isLarge: true }) };
  } catch (error) {
    allowance?.release();
    data.body.destroy();
    if (error instanceof BodyTooLarge) throw tooLarge(limit);
    throw decodingFault(error) ?? error;
  }
}

const tooLarge = (limit: number): InvalidReplyError =>
  new InvalidReplyError(`Its response is larger than ${limit / 1024 / 1024} MiB, the limit for such responses`);

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i;
const TEXT_TYPE = /^text\/(?!html\b)/i;

function requireType({ headers }: Body, expected: RegExp, name: string): void {
  const type = headers['content-type'] ?? '';
  if (expected.test(type)) return;
  throw new InvalidReplyError(
    type.startsWith('text/html')
      ? `It responded with a web page instead of ${name}`
      : type === ''
        ? `It responded without ${name}`
        : `It responded with ${type} instead of ${name}`,
  );
}

/**
 * Reserves memory before more than a small reply is received: for the declared length, or in steps that double what has arrived. So a source that
 * sends slowly only occupies memory for about twice the bytes that have arrived.
 */
async function readWithin(data: Body, limit: number, allowance: ReplyAllowance | undefined): Promise<string> {
  return (await reserveDeclared(data, limit, allowance))
    ? readText(data, limit)
    : (await readGrowing(data, limit, allowance)).toString('utf8');
}

async function readBytesWithin(data: Body, limit: number, allowance: ReplyAllowance | undefined): Promise<Buffer> {
  if (!(await reserveDeclared(data, limit, allowance))) return readGrowing(data, limit, allowance);
  return orTooLarge(await readBytes(data.body, limit));
}

/** Reserves memory for the declared length. Returns whether there is one. */
async function reserveDeclared(
  { headers }: Body,
  limit: number,
  allowance: ReplyAllowance | undefined,
): Promise<boolean> {
  const declared = Number(headers['content-length'] ?? NaN);
  if (declared > limit) throw new BodyTooLarge();
  if (declared > SMALL_JSON_BYTES) await allowance?.growTo(declared);
  return !Number.isNaN(declared);
}

async function readGrowing({ body }: Body, limit: number, allowance: ReplyAllowance | undefined): Promise<Buffer> {
  const bytes = await readBytes(body, SMALL_JSON_BYTES, async (size) => {
    const next = size < MAX_JSON_BYTES ? Math.min(size * 2, MAX_JSON_BYTES) : limit;
    if (size < limit) await allowance?.growTo(next);
    return next;
  });
  return orTooLarge(bytes);
}

function orTooLarge(bytes: Buffer | undefined): Buffer {
  if (!bytes) throw new BodyTooLarge();
  return bytes;
}

const TOO_DEEP = 'It responded with JSON that is nested too deeply';

/** Long texts are parsed in steps, so that they do not block other requests. */
async function parse(text: string): Promise<unknown> {
  if (text.length <= MAX_LENGTH_AT_ONCE && isNestedTooDeeply(text)) throw new InvalidReplyError(TOO_DEEP);
  try {
    return text.length <= MAX_LENGTH_AT_ONCE ? JSON.parse(text) : await runInSteps(parseJsonSteps(text));
  } catch (error) {
    if (error instanceof JsonTooDeep) throw new InvalidReplyError(TOO_DEEP);
    if (error instanceof JsonTooWide)
      throw new InvalidReplyError(`It responded with a JSON object of more than ${MAX_JSON_FIELDS} fields`);
    throw new InvalidReplyError('It responded with invalid JSON');
  }
}
