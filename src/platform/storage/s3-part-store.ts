import { ListMultipartUploadsCommand, type ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import { verifyContent } from './verify-content.js';
import { BufferReservation } from './buffer-budget.js';
import type { PartStore, PutPartOptions, StoredPart } from './part-store.js';
import type { S3Bucket } from './s3-bucket.js';
import { INCOMING, PARTS, partsPrefix } from './s3-keys.js';
import { readObject } from './s3-reading.js';
import { firstPartBytes, writeObject } from './s3-object-writer.js';
import { abortUpload } from './s3-writing.js';

const ONE_DAY_MS = 86_400_000;

/** Stores parts as objects `parts/<upload>/<number>`. S3 stores their ETags. */
export class S3PartStore implements PartStore {
  constructor(private readonly bucket: S3Bucket) {}

  async put(
    upload: string,
    partNumber: number,
    content: AsyncIterable<Uint8Array>,
    { size, memory }: PutPartOptions,
  ): Promise<string> {
    this.bucket.breaker.admit(); // before the client has sent the content
    const key = partKey(upload, partNumber);
    const verified = verifyContent(content, { size });
    async function* checked(): AsyncGenerator<Uint8Array> {
      yield* verified.content;
      verified.result();
    }
    const held = await BufferReservation.reserve(memory, firstPartBytes(size));
    try {
      await writeObject(this.bucket, key, checked(), { size, memory: held });
    } finally {
      held.close();
    }
    return (await this.bucket.head(key))?.etag ?? '';
  }

  async has(upload: string, { partNumber, etag }: StoredPart): Promise<boolean> {
    return etag !== '' && (await this.bucket.head(partKey(upload, partNumber)))?.etag === etag;
  }

  async *read(upload: string, parts: readonly StoredPart[]): AsyncGenerator<Uint8Array> {
    for (const { partNumber } of parts)
      yield* readObject(this.bucket, partKey(upload, partNumber)) as AsyncIterable<Uint8Array>;
  }

  async drop(upload: string): Promise<void> {
    for await (const { key } of this.bucket.list(partsPrefix(upload))) await this.bucket.delete(key);
  }

  /**
   * Also deletes unfinished uploads in `incoming/` and multipart uploads. These are kept for a day longer, because S3 only reports when an
   * upload was started, not when it last got a part.
   */
  async sweep(before: Date): Promise<void> {
    const active = new Set<string>();
    for await (const { key, modified } of this.bucket.list(PARTS)) if (modified >= before) active.add(uploadOf(key));
    for await (const { key } of this.bucket.list(PARTS)) if (!active.has(uploadOf(key))) await this.bucket.delete(key);
    const dayBefore = new Date(before.getTime() - ONE_DAY_MS);
    for await (const { key, modified } of this.bucket.list(INCOMING))
      if (modified < dayBefore) await this.bucket.delete(key);
    await this.abortUploads(dayBefore);
  }

  private async abortUploads(before: Date): Promise<void> {
    let page: ListMultipartUploadsCommandOutput | undefined;
    do {
      page = await this.nextPage(page);
      for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
        if (Key !== undefined && Initiated && Initiated < before) await abortUpload(this.bucket, { Key, UploadId });
    } while (page.IsTruncated);
  }

  /** The next page of unfinished multipart uploads. */
  private nextPage(page?: ListMultipartUploadsCommandOutput): Promise<ListMultipartUploadsCommandOutput> {
    const markers = { KeyMarker: page?.NextKeyMarker, UploadIdMarker: page?.NextUploadIdMarker };
    return this.bucket.request((s3) =>
      s3.send(new ListMultipartUploadsCommand({ Bucket: this.bucket.name, ...markers })),
    );
  }
}

const partKey = (upload: string, partNumber: number): string =>
  `${partsPrefix(upload)}${String(partNumber).padStart(5, '0')}`;

const uploadOf = (key: string): string => key.split('/')[1] ?? '';
