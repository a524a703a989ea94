import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ByteRange } from './blob-store.js';
import type { S3Bucket } from './s3-bucket.js';
import { isBeyondEnd, isMissing } from './s3-error.js';

/** A read fails if no further data arrives for this long. The time that the reader takes does not count. */
const READ_TIMEOUT_MS = 30_000;

/** Converts errors about an object. They are unchanged by default. */
export interface ObjectErrors {
  /** It does not exist. */
  readonly missing: (error: unknown) => unknown;
  /** It ends before the range begins. */
  readonly truncated: (error: unknown) => unknown;
  /** The error for an object of this size, in bytes, if it is not the expected one. */
  readonly sizeProblem: (size: number) => unknown;
}

const UNCHANGED: ObjectErrors = {
  missing: (error) => error,
  truncated: (error) => error,
  sizeProblem: () => undefined,
};

/**
 * Streams the content of an object. The request starts with the first read and is aborted when the stream is closed.
 * The stream fails before its first chunk if the object has another size than expected.
 */
export function readObject(bucket: S3Bucket, key: string, range?: ByteRange, errors = UNCHANGED): Readable {
  const closed = new AbortController();
  const object = { ...bucket.at(key), Range: range && `bytes=${range.start}-${range.end}` };
  const get = new GetObjectCommand(object);
  const stream = Readable.from(content(bucket, get, closed.signal, errors), { objectMode: false });
  return stream.once('close', () => closed.abort());
}

/** The size of the whole object. */
function sizeOf({ ContentRange, ContentLength }: GetObjectCommandOutput): number | undefined {
  if (ContentRange === undefined) return ContentLength;
  const size = /\/(\d+)$/.exec(ContentRange)?.[1];
  return size === undefined ? undefined : Number(size);
}

async function* content(
  bucket: S3Bucket,
  get: GetObjectCommand,
  signal: AbortSignal,
  errors: ObjectErrors,
): AsyncGenerator<Uint8Array> {
  const response = await bucket
    .request((s3) => s3.send(get, { abortSignal: signal }))
    .catch((error: unknown) => {
      if (isBeyondEnd(error)) throw errors.truncated(error);
      throw isMissing(error) ? errors.missing(error) : error;
    });
  const body = response.Body as unknown as Readable;
  const size = sizeOf(response);
  const problem = size === undefined ? undefined : errors.sizeProblem(size);
  if (problem !== undefined) {
    body.destroy();
    throw problem;
  }
  try {
    yield* withReadTimeout(body, bucket.timeoutMs);
  } catch (error) {
    if (!signal.aborted) bucket.breaker.suspect();
    throw bucket.toError(error);
  } finally {
    body.destroy();
  }
}

/** @param firstMs - timeout of the first chunk */
async function* withReadTimeout(body: Readable, firstMs: number): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (let ms = firstMs; ; ms = READ_TIMEOUT_MS) {
    const timer = setTimeout(() => body.destroy(timeoutError(ms)), ms);
    const { value, done } = await chunks.next().finally(() => clearTimeout(timer));
    if (done) return;
    yield value;
  }
}

const timeoutError = (ms: number): Error =>
  Object.assign(new Error(`The S3 server sent no data for ${ms} ms`), { code: 'ETIMEDOUT' });
