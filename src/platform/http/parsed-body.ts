import { parse as parseQuery } from 'node:querystring';
import { HubError } from '../../domain/hub-error.js';
import { exceededLimit, type JsonLimits } from '../../domain/json-limits.js';
import type { HubRequest } from './hub-request.js';
import { bufferBody, hasBody } from './request-body.js';
import type { BodyLimits, ParsedBody } from './routes/route.js';

const FORM_TYPE = 'application/x-www-form-urlencoded';
/** git-lfs sends its own type of JSON. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;
const AMPERSAND = 0x26;

/**
 * Reads a body and parses it, after its limits were checked on the bytes.
 *
 * @returns the object or the fields of the form; undefined without a body
 * @throws HubError `BadRequest` for another content type (415) or a malformed body, `PayloadTooLarge`; as `bufferBody`
 */
export async function readParsedBody(request: HubRequest, { kind, limits }: ParsedBody): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  const { type, charset } = contentTypeOf(request);
  const isForm = kind === 'json or form' && type === FORM_TYPE;
  if (!isForm && !JSON_TYPE.test(type)) throw unsupportedType(type, kind);
  if (charset !== 'utf-8' && charset !== 'utf8')
    throw bodyError(`The body must be in UTF-8, but its charset is ${charset}.`, 415);
  const bytes = await boundedBody(request, limits);
  if (bytes.length === 0) return undefined;
  return isForm ? parseForm(bytes, limits) : parseJson(bytes, limits);
}

/** Requests with the admin token, a link or a grant have the limit of accounts. */
async function boundedBody(request: HubRequest, { bytes, anonymousBytes }: BodyLimits): Promise<Buffer> {
  const { caller, adminAccess } = request;
  if (caller.accountId !== undefined || adminAccess === 'granted') return bufferBody(request, bytes);
  return bufferBody(request, anonymousBytes).catch((error: unknown) => {
    if (!(error instanceof HubError && error.code === 'PayloadTooLarge') || anonymousBytes === bytes) throw error;
    throw new HubError(error.code, `${error.message}. Sign in to send up to ${bytes} bytes.`, { cause: error });
  });
}

interface ContentType {
  readonly type: string;
  readonly charset: string;
}

/** Parameters of a content type are separated by semicolons. Values are names without quotes, or in quotes. */
function contentTypeOf({ headers }: HubRequest): ContentType {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  return { type: type.trim(), charset: charset?.slice('charset='.length).replaceAll('"', '') ?? 'utf-8' };
}

function unsupportedType(type: string, kind: ParsedBody['kind']): HubError {
  const problem =
    type === '' ? 'The body has no Content-Type.' : `Content-Type ${type.slice(0, 100)} is not supported.`;
  return bodyError(`${problem} Send application/json${kind === 'json or form' ? ` or ${FORM_TYPE}` : ''}.`, 415);
}

function parseForm(bytes: Buffer, limits: BodyLimits): unknown {
  let fields = 1;
  for (let at = bytes.indexOf(AMPERSAND); at !== -1 && fields <= limits.elements; fields += 1)
    at = bytes.indexOf(AMPERSAND, at + 1);
  if (fields > limits.elements) throw tooLarge(`has more than ${limits.elements} fields`);
  return parseQuery(bytes.toString('utf8'), '&', '=', { maxKeys: 0 });
}

const EXCESSES: Readonly<Record<keyof JsonLimits, (limits: BodyLimits) => HubError>> = {
  depth: ({ depth }) => bodyError(`The JSON is nested too deeply. Use at most ${depth} levels.`),
  elements: ({ elements }) => tooLarge(`has more than ${elements} fields and list items`),
  keys: ({ keys }) => bodyError(`An object in the body has more than ${keys} fields.`),
  string: ({ string }) => tooLarge(`contains a text of more than ${string} bytes`),
};

function parseJson(bytes: Buffer, limits: BodyLimits): object {
  const exceeded = exceededLimit(bytes, limits);
  if (exceeded !== undefined) throw EXCESSES[exceeded](limits);
  const value = parseUtf8(bytes);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw bodyError('The body must be a JSON object.');
}

function parseUtf8(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? `is not valid JSON: ${cause.message}` : 'is not valid UTF-8';
    throw bodyError(`The body ${problem}.`, 400, cause);
  }
}

const bodyError = (message: string, status = 400, cause?: unknown): HubError =>
  new HubError('BadRequest', message, { status, cause });

const tooLarge = (problem: string): HubError =>
  new HubError('PayloadTooLarge', `The request body is too large for this endpoint: it ${problem}.`);
