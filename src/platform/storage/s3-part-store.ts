import { ListMultipartUploadsCommand, type ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import { verifyContent } from './verify-content.js';
import type { PartStore, StoredPart } from './part-store.js';
import type { S3Bucket } from './s3-bucket.js';
import { INCOMING, PARTS, partsOf } from './s3-keys.js';
import { readObject } from './s3-reading.js';
import { abortUpload, writeObject } from './s3-writing.js';

const ONE_DAY_MS = 86_400_000;

/** Parts as objects `parts/<upload>/<number>`: S3 itself remembers their ETags. */
export class S3PartStore implements PartStore {
  constructor(private readonly bucket: S3Bucket) {}

  async put(upload: string, partNumber: number, content: AsyncIterable<Uint8Array>, size: number): Promise<string> {
    const key = keyOf(upload, partNumber);
    const digest = verifyContent(content, { size });
    async function* checked(): AsyncGenerator<Uint8Array> {
      yield* digest.content;
      digest.result();
    }
    await writeObject(this.bucket, key, checked(), size);
    return (await this.bucket.head(key))?.etag ?? '';
  }

  async has(upload: string, { partNumber, etag }: StoredPart): Promise<boolean> {
    return etag !== '' && (await this.bucket.head(keyOf(upload, partNumber)))?.etag === etag;
  }

  async *read(upload: string, parts: readonly StoredPart[]): AsyncGenerator<Uint8Array> {
    for (const { partNumber } of parts)
      yield* readObject(this.bucket, keyOf(upload, partNumber)) as AsyncIterable<Uint8Array>;
  }

  async drop(upload: string): Promise<void> {
    for await (const { key } of this.bucket.list(partsOf(upload))) await this.bucket.delete(key);
  }

  /** Forgets, too, whatever was begun and never ended, a day later: S3 tells when an upload began, not when it last got a part. */
  async sweep(before: Date): Promise<void> {
    const young = new Set<string>();
    for await (const { key, modified } of this.bucket.list(PARTS)) if (modified >= before) young.add(uploadIn(key));
    for await (const { key } of this.bucket.list(PARTS)) if (!young.has(uploadIn(key))) await this.bucket.delete(key);
    const longBefore = new Date(before.getTime() - ONE_DAY_MS);
    for await (const { key, modified } of this.bucket.list(INCOMING))
      if (modified < longBefore) await this.bucket.delete(key);
    await this.abort(longBefore);
  }

  private async abort(before: Date): Promise<void> {
    let page: ListMultipartUploadsCommandOutput | undefined;
    do {
      page = await this.begun(page);
      for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
        if (Key !== undefined && Initiated && Initiated < before) await abortUpload(this.bucket, { Key, UploadId });
    } while (page.IsTruncated);
  }

  /** The page after this one of what was begun and is not whole. */
  private begun(page?: ListMultipartUploadsCommandOutput): Promise<ListMultipartUploadsCommandOutput> {
    const after = { KeyMarker: page?.NextKeyMarker, UploadIdMarker: page?.NextUploadIdMarker };
    return this.bucket.ask((s3) => s3.send(new ListMultipartUploadsCommand({ Bucket: this.bucket.name, ...after })));
  }
}

const keyOf = (upload: string, partNumber: number): string =>
  `${partsOf(upload)}${String(partNumber).padStart(5, '0')}`;

const uploadIn = (key: string): string => key.split('/')[1] ?? '';
