import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { mapConcurrently } from '../async/map-concurrently.js';
import type { S3Bucket } from './s3-bucket.js';

const MIB = 1024 * 1024;
/** S3 copies up to 5 GiB in one request. Smaller pieces keep requests short. */
const COPY_BYTES = 1024 * MIB;
/** Timeout for copying and for assembling parts, which depend on the number of bytes. */
const SLOW_MS = 300_000;

/**
 * Writes an object whose content is in memory.
 * @throws HubError as `S3Bucket.request`
 */
export async function writeSmallObject(bucket: S3Bucket, key: string, content: Uint8Array): Promise<void> {
  await bucket.request((client) => client.send(new PutObjectCommand({ ...bucket.at(key), Body: content })));
}

/** A copy within the bucket, by keys. */
export interface S3Copy {
  readonly from: string;
  readonly to: string;
  /** Bytes. */
  readonly size: number;
}

/** Copies an object within the bucket. The copy is complete when this returns. */
export async function copyObject(bucket: S3Bucket, { from, to, size }: S3Copy, pieceBytes = COPY_BYTES): Promise<void> {
  const CopySource = `${bucket.name}/${from}`;
  if (size <= pieceBytes) {
    const copy = new CopyObjectCommand({ ...bucket.at(to), CopySource });
    await bucket.request((s3) => s3.send(copy, { requestTimeout: SLOW_MS }));
    return;
  }
  const { UploadId } = await bucket.request((s3) => s3.send(new CreateMultipartUploadCommand(bucket.at(to))));
  const upload = { ...bucket.at(to), UploadId };
  try {
    const parts: CompletedPart[] = [];
    for (let at = 0; at < size; at += pieceBytes) {
      const range = {
        PartNumber: parts.length + 1,
        CopySourceRange: `bytes=${at}-${Math.min(at + pieceBytes, size) - 1}`,
      };
      const copy = new UploadPartCopyCommand({ ...upload, ...range, CopySource });
      const { CopyPartResult } = await bucket.request((s3) => s3.send(copy, { requestTimeout: SLOW_MS }));
      parts.push({ PartNumber: range.PartNumber, ETag: CopyPartResult?.ETag });
    }
    await completeUpload(bucket, upload, parts);
  } catch (error) {
    await abortUpload(bucket, upload).catch(() => undefined); // aborted later by `sweep`
    throw error;
  }
}

/** Number of parts that the bucket copies at the same time. */
const CONCURRENT_COPIES = 8;

/** Creates an object from others, in this order, within the bucket. All but the last have at least 5 MiB, as S3 requires. */
export async function assembleObject(bucket: S3Bucket, from: readonly string[], to: string): Promise<void> {
  const { UploadId } = await bucket.request((s3) => s3.send(new CreateMultipartUploadCommand(bucket.at(to))));
  const upload = { ...bucket.at(to), UploadId };
  try {
    const parts = await mapConcurrently([...from.entries()], CONCURRENT_COPIES, async ([index, key]) => {
      const part = { ...upload, PartNumber: index + 1, CopySource: `${bucket.name}/${key}` };
      const { CopyPartResult } = await bucket.request((s3) =>
        s3.send(new UploadPartCopyCommand(part), { requestTimeout: SLOW_MS }),
      );
      return { PartNumber: index + 1, ETag: CopyPartResult?.ETag };
    });
    await completeUpload(bucket, upload, parts);
  } catch (error) {
    await abortUpload(bucket, upload).catch(() => undefined); // aborted later by `sweep`
    throw error;
  }
}

/** Identifies a multipart upload. */
export interface S3Upload {
  readonly Key: string;
  readonly UploadId: string | undefined;
}

/** Assembles the parts to an object. After that, no part can be uploaded. */
export async function completeUpload(bucket: S3Bucket, upload: S3Upload, parts: CompletedPart[]): Promise<void> {
  const complete = new CompleteMultipartUploadCommand({
    Bucket: bucket.name,
    Key: upload.Key,
    UploadId: upload.UploadId,
    MultipartUpload: { Parts: parts },
  });
  await bucket.request((s3) => s3.send(complete, { requestTimeout: SLOW_MS }));
}

/** Deletes the parts of an unfinished upload. */
export async function abortUpload(bucket: S3Bucket, { Key, UploadId }: S3Upload): Promise<void> {
  await bucket.request((s3) => s3.send(new AbortMultipartUploadCommand({ Bucket: bucket.name, Key, UploadId })));
}
