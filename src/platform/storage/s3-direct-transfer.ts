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
import type { UploadedPart, DirectTransfer, DirectUpload, DownloadHeaders } from './direct-transfer.js';
import type { StoredPart } from './part-store.js';
import type { S3Bucket } from './s3-bucket.js';
import { s3Client } from './s3-client.js';
import { isMissing } from './s3-error.js';
import { blobKey, INCOMING } from './s3-keys.js';
import { readObject } from './s3-reading.js';
import { completeUpload, copyObject } from './s3-writing.js';

/**
 * Direct transfer over presigned S3 links. All uploads, even small ones, are multipart uploads: there is no object before the hub assembles
 * the parts, and clients cannot change them afterwards.
 */
export class S3DirectTransfer implements DirectTransfer {
  readonly origin: string;
  private readonly signer: S3Client;

  /** @param endpoint - the public endpoint; `undefined` for AWS */
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
    const { UploadId } = await this.bucket.request((s3) =>
      s3.send(new CreateMultipartUploadCommand(this.bucket.at(key))),
    );
    return { key, uploadId: UploadId ?? '' };
  }

  partLink({ key, uploadId }: DirectUpload, partNumber: number, seconds: number): Promise<string> {
    const part = new UploadPartCommand({ ...this.bucket.at(key), UploadId: uploadId, PartNumber: partNumber });
    return this.bucket.request(() => getSignedUrl(this.signer, part, { expiresIn: seconds }));
  }

  async parts(upload: DirectUpload): Promise<readonly UploadedPart[] | undefined> {
    const parts: UploadedPart[] = [];
    let page: ListPartsCommandOutput | undefined;
    try {
      do {
        page = await this.partsAfter(upload, page?.NextPartNumberMarker);
        for (const { PartNumber, ETag, Size } of page.Parts ?? [])
          parts.push({ partNumber: PartNumber ?? 0, etag: (ETag ?? '').replaceAll('"', ''), size: Size ?? 0 });
      } while (page.IsTruncated);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    return parts;
  }

  async assemble({ key, uploadId }: DirectUpload, parts: readonly StoredPart[]): Promise<void> {
    const completed = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: `"${etag}"` }));
    await completeUpload(this.bucket, { Key: key, UploadId: uploadId }, completed);
  }

  async size({ key }: DirectUpload): Promise<number | undefined> {
    return (await this.bucket.head(key))?.size;
  }

  read({ key }: DirectUpload): AsyncIterable<Uint8Array> {
    return readObject(this.bucket, key);
  }

  publish({ key }: DirectUpload, sha256: string, size: number): Promise<void> {
    return copyObject(this.bucket, { from: key, to: blobKey(sha256), size });
  }

  drop({ key }: DirectUpload): Promise<void> {
    return this.bucket.delete(key);
  }

  downloadLink(sha256: string, { contentType, contentDisposition }: DownloadHeaders, seconds: number): Promise<string> {
    const get = new GetObjectCommand({
      ...this.bucket.at(blobKey(sha256)),
      ResponseContentType: contentType,
      ResponseContentDisposition: contentDisposition,
    });
    return this.bucket.request(() => getSignedUrl(this.signer, get, { expiresIn: seconds }));
  }

  private partsAfter({ key, uploadId }: DirectUpload, marker: string | undefined): Promise<ListPartsCommandOutput> {
    const list = new ListPartsCommand({ ...this.bucket.at(key), UploadId: uploadId, PartNumberMarker: marker });
    return this.bucket.request((s3) => s3.send(list));
  }
}
