import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandInput } from '@aws-sdk/client-s3';
import type { ByteRange } from './blob-store.js';
import type { S3Bucket } from './s3-bucket.js';
import { isBeyondEnd, isMissing } from './s3-error.js';

/** A read fails if no further data arrives for this long. The time that the reader takes does not count. */
const READ_TIMEOUT_MS = 30_000;

/** Converts errors about an object. They are unchanged by default. */
export interface ObjectErrors {
  /** It does not exist. */
  readonly missing: (error: unknown) => unknown;
  /** It ends before the range does. */
  readonly truncated: (error: unknown) => unknown;
}

const UNCHANGED: ObjectErrors = { missing: (error) => error, truncated: (error) => error };

/**
 * Streams the content of an object. The request starts with the first read and is aborted when the stream is closed.
 * The stream fails before its first chunk if the object does not have all bytes of the range.
 */
export function readObject(bucket: S3Bucket, key: string, range?: ByteRange, errors = UNCHANGED): Readable {
  const closed = new AbortController();
  const expected = range && range.end - range.start + 1;
  const object = { ...bucket.at(key), Range: range && `bytes=${range.start}-${range.end}` };
  const stream = Readable.from(content(bucket, { ...object, expected }, closed.signal, errors), { objectMode: false });
  return stream.once('close', () => closed.abort());
}

async function* content(
  bucket: S3Bucket,
  { expected, ...object }: GetObjectCommandInput & { readonly expected: number | undefined },
  signal: AbortSignal,
  errors: ObjectErrors,
): AsyncGenerator<Uint8Array> {
  const { Body, ContentLength } = await bucket
    .request((s3) => s3.send(new GetObjectCommand(object), { abortSignal: signal }))
    .catch((error: unknown) => {
      if (isBeyondEnd(error)) throw errors.truncated(error);
      throw isMissing(error) ? errors.missing(error) : error;
    });
  const body = Body as unknown as Readable;
  if (expected !== undefined && ContentLength !== undefined && ContentLength < expected) {
    body.destroy();
    throw errors.truncated(new Error(`The object has ${ContentLength} of ${expected} bytes`));
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
