import { pipeline, type Duplex, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { ReplyHeaders } from '../../domain/upstream.js';
import { InvalidReplyError } from './invalid-reply-error.js';
import type { Body, BodyUse } from './read-body.js';

const CODED_PART =
  'It sent a part of a compressed file although the hub requested it uncompressed. It cannot be decoded';

/** More codings than this are an attack or a mistake. */
const MAX_CODINGS = 3;
const CHUNK_SIZE = 64 * 1024;

/** Decoders by content coding (RFC 9110, section 8.4.1). Node.js 20 cannot decode zstd. */
const DECODERS: Readonly<Record<string, (firstByte: number) => Duplex>> = {
  gzip: () => createGunzip({ chunkSize: CHUNK_SIZE }),
  'x-gzip': () => createGunzip({ chunkSize: CHUNK_SIZE }),
  // Some servers send deflate without the zlib header that the standard requires; the first byte of that header is always 0x?8
  deflate: (firstByte) =>
    (firstByte & 0x0f) === 8 ? createInflate({ chunkSize: CHUNK_SIZE }) : createInflateRaw({ chunkSize: CHUNK_SIZE }),
  br: () => createBrotliDecompress({ chunkSize: CHUNK_SIZE }),
};

const ZLIB_HEADER = 0x78;

/** Codes of errors of Node's decoders. */
const DECODING_ERROR = /^(?:Z_|ERR__|ERR_BROTLI)/;

/** The codings of a body in the order in which they were applied. The hub requests `identity`, which some sources ignore. */
export function codingsOf({ 'content-encoding': header = '' }: ReplyHeaders): readonly string[] {
  return header
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
}

/**
 * Whether the body of a file is the file itself in spite of its `Content-Encoding`. Some servers add the header to every `.gz` file, although
 * they do not compress it. The size that the hub reports for the file proves it.
 *
 * @param size - the size of the file as reported by the source, if known
 */
function isPlainFile(headers: ReplyHeaders, size: string | undefined): boolean {
  if (size === undefined) return false;
  const { 'content-range': range, 'content-length': length } = headers;
  if (range === undefined) return length === size;
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range) ?? [];
  return total === size && length === String(Number(last) - Number(first) + 1);
}

/** The headers of the decoded body. Its length is unknown, and Apache appends the coding to the ETag: `"abc-gzip"`. */
function decodedHeaders(headers: ReplyHeaders): Record<string, string> {
  const { 'content-encoding': _coding, 'content-length': _length, etag, ...rest } = headers;
  return { ...rest, ...(etag !== undefined && { etag: etag.replace(/[-;](?:gzip|br|deflate)"$/, '"') }) };
}

/** A successful response whose body has not been read. */
interface CodedBody extends Body {
  readonly status: number;
}

/** A body without content coding. */
export interface PlainBody extends Body {
  /** Present if the body was compressed. */
  readonly isCoded?: true;
}

/**
 * Removes the content coding of a response, with the headers that describe it.
 *
 * @throws InvalidReplyError if the body cannot be decoded; a part of a compressed file never can
 */
export async function plainBody({ status, headers, body }: CodedBody, use: BodyUse): Promise<PlainBody> {
  const codings = codingsOf(headers);
  if (codings.length === 0 || isPlainFile(headers, use.size ?? headers['x-linked-size'])) return { headers, body };
  try {
    requireDecodable(codings);
    if (status === 206) throw new InvalidReplyError(CODED_PART);
    const plain = { headers: decodedHeaders(headers), body, isCoded: true } as const;
    if (use.expects !== 'nothing') return { ...plain, body: await decodeBody(body, codings) };
    const size = headers['x-linked-size'];
    return size === undefined ? plain : { ...plain, headers: { ...plain.headers, 'content-length': size } };
  } catch (error) {
    body.on('error', () => undefined).destroy();
    throw error;
  }
}

/**
 * Decodes a body with backpressure, so that a small body that expands to a huge one is limited by its reader.
 *
 * @throws InvalidReplyError if it cannot be decoded
 */
export async function decodeBody(body: Readable, codings: readonly string[]): Promise<Readable> {
  if (codings.length === 0) return body;
  requireDecodable(codings);
  try {
    const firstByte = await peekByte(body);
    if (firstByte === undefined) return body;
    const decoders = codings
      .toReversed()
      .map((coding, position) => DECODERS[coding]!(position === 0 ? firstByte : ZLIB_HEADER));
    const decoded = decoders.at(-1)!;
    pipeline([body, ...decoders], () => undefined); // errors are those of the last stream
    await readable(decoded);
    return decoded;
  } catch (error) {
    throw decodingFault(error) ?? error;
  }
}

/** @throws InvalidReplyError if the hub cannot decode one of these codings */
function requireDecodable(codings: readonly string[]): void {
  const unknown = codings.find((coding) => !Object.hasOwn(DECODERS, coding));
  if (unknown === undefined && codings.length <= MAX_CODINGS) return;
  const name = (unknown ?? codings.join(', ')).slice(0, 40);
  throw new InvalidReplyError(
    `It compressed its response although the hub requested it uncompressed, with a coding that the hub cannot decode (Content-Encoding: ${name})`,
  );
}

/** The failure for an error of a decoder; `undefined` for other errors. */
export const decodingFault = (error: unknown): InvalidReplyError | undefined =>
  DECODING_ERROR.test((error as { code?: string }).code ?? '')
    ? new InvalidReplyError('Its compressed response is damaged')
    : undefined;

/** The first byte without consuming it; `undefined` for an empty body. */
async function peekByte(body: Readable): Promise<number | undefined> {
  await readable(body);
  const chunk = body.read() as Buffer | null;
  if (chunk !== null) body.unshift(chunk);
  return chunk?.[0];
}

/** Waits until a stream has data, ends or fails. */
const readable = (stream: Readable): Promise<void> =>
  new Promise((resolve, reject) => {
    if (stream.readableLength > 0 || stream.readableEnded) return resolve();
    const settle = (error?: Error): void => {
      for (const event of ['readable', 'end', 'close']) stream.off(event, settle);
      stream.off('error', settle);
      if (error) reject(error);
      else resolve();
    };
    for (const event of ['readable', 'end', 'close']) stream.once(event, () => settle());
    stream.on('error', settle);
  });
