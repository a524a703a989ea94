import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { S3Bucket } from './s3-bucket.js';

const MIB = 1024 * 1024;
/** What is held in memory of a body for each upload: so many parts of this size. */
const PARTS_AT_ONCE = 3;
const PART_BYTES = 8 * MIB;
/** S3's limit. */
const MOST_PARTS = 10_000;
/** S3 copies 5 GiB in one request; pieces are smaller, so that none takes long. */
const COPIED_AT_ONCE = 1024 * MIB;
/** Putting parts together and copying take as long as the store takes for the bytes. */
const SLOW_MS = 300_000;

/**
 * Stores an object. It is there as a whole once this returns; when `content` throws, at its very end too, nothing is.
 * @throws whatever `content` throws; HubError as `S3Bucket.ask`
 */
export async function writeObject(
  bucket: S3Bucket,
  key: string,
  content: AsyncIterable<Uint8Array>,
  size = 0,
): Promise<void> {
  let thrown: { readonly error: unknown } | undefined;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      yield* content;
    } catch (error) {
      thrown = { error };
      throw error;
    }
  }
  const body = Readable.from(pieces(), { objectMode: false });
  const partSize = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));
  try {
    await bucket.ask((client) =>
      new Upload({ client, params: { ...bucket.at(key), Body: body }, partSize, queueSize: PARTS_AT_ONCE }).done(),
    );
  } catch (error) {
    throw thrown ? thrown.error : error;
  } finally {
    body.destroy();
  }
}

/** Copies an object of `size` bytes within the store. The copy is there as a whole once this returns. */
export async function copyObject(
  bucket: S3Bucket,
  from: string,
  to: string,
  size: number,
  piece = COPIED_AT_ONCE,
): Promise<void> {
  const CopySource = `${bucket.name}/${from}`;
  if (size <= piece) {
    const copy = new CopyObjectCommand({ ...bucket.at(to), CopySource });
    await bucket.ask((s3) => s3.send(copy, { requestTimeout: SLOW_MS }));
    return;
  }
  const { UploadId } = await bucket.ask((s3) => s3.send(new CreateMultipartUploadCommand(bucket.at(to))));
  const upload = { ...bucket.at(to), UploadId };
  try {
    const parts: CompletedPart[] = [];
    for (let at = 0; at < size; at += piece) {
      const place = { PartNumber: parts.length + 1, CopySourceRange: `bytes=${at}-${Math.min(at + piece, size) - 1}` };
      const copy = new UploadPartCopyCommand({ ...upload, ...place, CopySource });
      const { CopyPartResult } = await bucket.ask((s3) => s3.send(copy, { requestTimeout: SLOW_MS }));
      parts.push({ PartNumber: place.PartNumber, ETag: CopyPartResult?.ETag });
    }
    await completeUpload(bucket, upload, parts);
  } catch (error) {
    await abortUpload(bucket, upload).catch(() => undefined); // the collector will
    throw error;
  }
}

/** Names an upload in parts. */
export interface S3Upload {
  readonly Key: string;
  readonly UploadId: string | undefined;
}

/** Puts parts together: from now on the object is there, and none of its parts can be sent any more. */
export async function completeUpload(bucket: S3Bucket, upload: S3Upload, parts: CompletedPart[]): Promise<void> {
  const complete = new CompleteMultipartUploadCommand({
    ...{ Bucket: bucket.name, Key: upload.Key, UploadId: upload.UploadId },
    MultipartUpload: { Parts: parts },
  });
  await bucket.ask((s3) => s3.send(complete, { requestTimeout: SLOW_MS }));
}

/** Frees what parts there are. */
export async function abortUpload(bucket: S3Bucket, { Key, UploadId }: S3Upload): Promise<void> {
  await bucket.ask((s3) => s3.send(new AbortMultipartUploadCommand({ Bucket: bucket.name, Key, UploadId })));
}
