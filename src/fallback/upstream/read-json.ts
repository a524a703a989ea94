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

/**
 * Reads and parses the JSON of a response.
 *
 * @throws InvalidReplyError
 * @throws RepliesBusy
 */
export async function readJson(
  data: Body,
  { allowance, mayBeLarge }: Pick<BodyUse, 'allowance' | 'mayBeLarge'>,
): Promise<Pick<Reply, 'json' | 'hold' | 'isLarge'>> {
  const limit = mayBeLarge ? MAX_LARGE_JSON_BYTES : MAX_JSON_BYTES;
  data.body.on('error', () => undefined); // the connection can fail while this waits for memory
  try {
    requireJson(data.headers['content-type'] ?? '');
    const text = await readWithin(data, limit, allowance);
    const bytes = Buffer.byteLength(text);
    const hold = allowance?.settle(bytes);
    return { json: await parse(text), ...(hold && { hold }), ...(bytes > MAX_JSON_BYTES && { isLarge: true }) };
  } catch (error) {
    allowance?.release();
    data.body.destroy();
    if (error instanceof BodyTooLarge) throw tooLarge(limit);
    throw decodingFault(error) ?? error;
  }
}

const tooLarge = (limit: number): InvalidReplyError =>
  new InvalidReplyError(`Its response is larger than ${limit / 1024 / 1024} MiB, the limit for such responses`);

function requireJson(type: string): void {
  if (/^application\/([\w.+-]+\+)?json\b/i.test(type)) return;
  throw new InvalidReplyError(
    type.startsWith('text/html')
      ? 'It responded with a web page instead of JSON'
      : type === ''
        ? 'It responded without JSON'
        : `It responded with ${type} instead of JSON`,
  );
}

/**
 * Reserves memory before more than a small reply is received: for the declared length, or in steps that double what has arrived. So a source that
 * sends slowly only occupies memory for about twice the bytes that have arrived.
 */
async function readWithin(data: Body, limit: number, allowance: ReplyAllowance | undefined): Promise<string> {
  const declared = Number(data.headers['content-length'] ?? NaN);
  if (declared > limit) throw new BodyTooLarge();
  if (!Number.isNaN(declared)) {
    if (declared > SMALL_JSON_BYTES) await allowance?.growTo(declared);
    return readText(data, limit);
  }
  const bytes = await readBytes(data.body, SMALL_JSON_BYTES, async (size) => {
    const next = size < MAX_JSON_BYTES ? Math.min(size * 2, MAX_JSON_BYTES) : limit;
    if (size < limit) await allowance?.growTo(next);
    return next;
  });
  if (!bytes) throw new BodyTooLarge();
  return bytes.toString('utf8');
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
