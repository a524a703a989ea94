import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { ByteRange } from './blob-store.js';
import type { S3Bucket } from './s3-bucket.js';

/** A store that gives nothing for so long while somebody waits for it is down. Readers may take their time. */
const SILENT_MS = 30_000;

/** An object's content. The store is asked once somebody reads, and no more once nobody does. */
export function readObject(bucket: S3Bucket, key: string, range?: ByteRange): Readable {
  const ended = new AbortController();
  const stream = Readable.from(content(bucket, key, range, ended.signal), { objectMode: false });
  return stream.once('close', () => ended.abort());
}

async function* content(
  bucket: S3Bucket,
  key: string,
  range: ByteRange | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const Range = range && `bytes=${range.start}-${range.end}`;
  const asked = new GetObjectCommand({ ...bucket.at(key), Range });
  const { Body } = await bucket.ask((s3) => s3.send(asked, { abortSignal: signal }));
  const body = Body as unknown as Readable;
  try {
    yield* watched(body);
  } catch (error) {
    throw bucket.fault(error);
  } finally {
    body.destroy();
  }
}

async function* watched(body: Readable): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const silence = setTimeout(() => body.destroy(silent()), SILENT_MS);
    const { value, done } = await pieces.next().finally(() => clearTimeout(silence));
    if (done) return;
    yield value;
  }
}

const silent = (): Error =>
  Object.assign(new Error(`The store sent nothing for ${SILENT_MS} ms`), { code: 'ETIMEDOUT' });
