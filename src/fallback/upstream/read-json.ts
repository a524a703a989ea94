import { isNestedTooDeeply } from '../../domain/json-limits.js';
import { JsonTooDeep, JsonTooWide, MAX_JSON_FIELDS, parseJsonSteps } from '../../domain/json-steps.js';
import type { Reply } from '../../domain/upstream.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { decodingFault } from './content-coding.js';
import { InvalidReplyError } from './invalid-reply-error.js';
import { MAX_LARGE_JSON_BYTES, type Reservation } from './large-replies.js';
import { BodyTooLarge, MAX_JSON_BYTES, readBytes, readText, type Body, type BodyUse } from './read-body.js';

/** Parsing as many characters takes about ten milliseconds. */
const MAX_LENGTH_AT_ONCE = 1024 * 1024;

/**
 * Reads and parses the JSON of a response.
 *
 * @throws InvalidReplyError
 * @throws LargeRepliesBusy
 */
export async function readJson(
  data: Body,
  { reserve }: Pick<BodyUse, 'reserve'>,
): Promise<Pick<Reply, 'json' | 'hold'>> {
  try {
    requireJson(data.headers['content-type'] ?? '');
    return reserve ? await readLarge(data, reserve) : { json: await parse(await readText(data, MAX_JSON_BYTES)) };
  } catch (error) {
    data.body.on('error', () => undefined).destroy();
    if (error instanceof BodyTooLarge) throw tooLarge(reserve ? MAX_LARGE_JSON_BYTES : MAX_JSON_BYTES);
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

/** Reserves memory before more than the ordinary limit is received: for the declared length, or for the highest one. */
async function readLarge(data: Body, reserve: NonNullable<BodyUse['reserve']>): Promise<Pick<Reply, 'json' | 'hold'>> {
  const declared = Number(data.headers['content-length'] ?? NaN);
  if (declared <= MAX_JSON_BYTES) return { json: await parse(await readText(data, MAX_JSON_BYTES)) };
  if (declared > MAX_LARGE_JSON_BYTES) throw new BodyTooLarge();
  let hold: Reservation | undefined;
  const reserveUpTo = async (bytes: number): Promise<number> => {
    hold = await reserve(bytes);
    return bytes;
  };
  data.body.on('error', () => undefined); // the connection can fail while this waits
  try {
    const text = Number.isNaN(declared)
      ? await readGrowing(data, () => reserveUpTo(MAX_LARGE_JSON_BYTES))
      : await readText(data, await reserveUpTo(declared));
    hold?.shrinkTo(Buffer.byteLength(text));
    return { json: await parse(text), ...(hold && { hold }) };
  } catch (error) {
    hold?.release();
    throw error;
  }
}

async function readGrowing({ body }: Body, grow: () => Promise<number>): Promise<string> {
  const bytes = await readBytes(body, MAX_JSON_BYTES, grow);
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
