import { randomUUID } from 'node:crypto';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  UploadPartCommand,
  type ListPartsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { S3Config } from '../config/hub-config.js';
import type { ArrivedPart, DirectTransfer, DirectUpload, DownloadNotes } from './direct-transfer.js';
import type { StoredPart } from './part-store.js';
import { s3Client, type S3Bucket } from './s3-bucket.js';
import { isMissing } from './s3-fault.js';
import { blobKey, INCOMING } from './s3-keys.js';
import { readObject } from './s3-reading.js';
import { completeUpload, copyObject } from './s3-writing.js';

/**
 * Presigned links to the bucket. Every upload, of one part too, is one of S3's uploads in parts: nothing of it is an object before the
 * hub says so, and nothing can be sent to it after.
 */
export class S3DirectTransfer implements DirectTransfer {
  readonly origin: string;
  private readonly signer: S3Client;

  /** @param endpoint the store as clients reach it; undefined: AWS */
  constructor(
    private readonly bucket: S3Bucket,
    config: S3Config,
    endpoint: string | undefined,
  ) {
    this.origin = endpoint === undefined ? `https://s3.${config.region}.amazonaws.com` : new URL(endpoint).origin;
    this.signer = s3Client(config, endpoint);
  }

  async begin(): Promise<DirectUpload> {
    const key = `${INCOMING}${randomUUID()}`;
    const { UploadId } = await this.bucket.ask((s3) => s3.send(new CreateMultipartUploadCommand(this.bucket.at(key))));
    return { key, uploadId: UploadId ?? '' };
  }

  partLink({ key, uploadId }: DirectUpload, partNumber: number, seconds: number): Promise<string> {
    const part = new UploadPartCommand({ ...this.bucket.at(key), UploadId: uploadId, PartNumber: partNumber });
    return this.bucket.ask(() => getSignedUrl(this.signer, part, { expiresIn: seconds }));
  }

  async parts(upload: DirectUpload): Promise<readonly ArrivedPart[] | undefined> {
    const all: ArrivedPart[] = [];
    let page: ListPartsCommandOutput | undefined;
    try {
      do {
        page = await this.partsAfter(upload, page?.NextPartNumberMarker);
        for (const { PartNumber, ETag, Size } of page.Parts ?? [])
          all.push({ partNumber: PartNumber ?? 0, etag: (ETag ?? '').replaceAll('"', ''), size: Size ?? 0 });
      } while (page.IsTruncated);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    return all;
  }

  async assemble({ key, uploadId }: DirectUpload, parts: readonly StoredPart[]): Promise<void> {
    const named = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: `"${etag}"` }));
    await completeUpload(this.bucket, { Key: key, UploadId: uploadId }, named);
  }

  async size({ key }: DirectUpload): Promise<number | undefined> {
    return (await this.bucket.head(key))?.size;
  }

  read({ key }: DirectUpload): AsyncIterable<Uint8Array> {
    return readObject(this.bucket, key);
  }

  publish({ key }: DirectUpload, sha256: string, size: number): Promise<void> {
    return copyObject(this.bucket, key, blobKey(sha256), size);
  }

  drop({ key }: DirectUpload): Promise<void> {
    return this.bucket.delete(key);
  }

  downloadLink(sha256: string, { contentType, contentDisposition }: DownloadNotes, seconds: number): Promise<string> {
    const get = new GetObjectCommand({
      ...this.bucket.at(blobKey(sha256)),
      ResponseContentType: contentType,
      ResponseContentDisposition: contentDisposition,
    });
    return this.bucket.ask(() => getSignedUrl(this.signer, get, { expiresIn: seconds }));
  }

  private partsAfter({ key, uploadId }: DirectUpload, marker: string | undefined): Promise<ListPartsCommandOutput> {
    const list = new ListPartsCommand({ ...this.bucket.at(key), UploadId: uploadId, PartNumberMarker: marker });
    return this.bucket.ask((s3) => s3.send(list));
  }
}
