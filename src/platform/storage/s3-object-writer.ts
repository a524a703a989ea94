import { CreateMultipartUploadCommand, UploadPartCommand, type CompletedPart } from '@aws-sdk/client-s3';
import type { BufferReservation } from './buffer-budget.js';
import { PartBuffer } from './part-buffer.js';
import type { S3Bucket } from './s3-bucket.js';
import { abortUpload, completeUpload, writeSmallObject, type S3Upload } from './s3-writing.js';

/** Parts of an object that are sent at the same time. */
const CONCURRENT_PARTS = 3;
const PART_BYTES = 8 * 1024 * 1024;
/** Limit of S3. */
const MAX_S3_PARTS = 10_000;

/** Memory that a content needs to make progress. */
export const firstPartBytes = (size = PART_BYTES): number => Math.min(size, PART_BYTES);

/** The size of an object in bytes, if it is known, and the memory for its content. */
export interface WriteOptions {
  readonly size?: number;
  readonly memory: BufferReservation;
}

/**
 * Writes an object, which is complete when this returns. If `content` throws, even after its last chunk, no object is created.
 * @throws the errors of `content`; HubError as `S3Bucket.request` and `BufferReservation.add`
 */
export async function writeObject(
  bucket: S3Bucket,
  key: string,
  content: AsyncIterable<Uint8Array>,
  { size = 0, memory }: WriteOptions,
): Promise<void> {
  const partBytes = Math.max(PART_BYTES, Math.ceil(size / MAX_S3_PARTS));
  const writer = new ObjectWriter(bucket, key, memory);
  try {
    const part = new PartBuffer(partBytes);
    for await (const chunk of content) {
      for (let at = 0; at < chunk.byteLength;) {
        const piece = chunk.subarray(at, at + part.free);
        await memory.add(piece.byteLength, () => writer.nextSent());
        part.append(piece);
        at += piece.byteLength;
        if (part.free === 0) await writer.send(part.take());
      }
      writer.throwIfFailed();
    }
    await writer.finish(part.take());
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Sends the parts of an object. The AWS library for this does not report what it has in memory. */
class ObjectWriter {
  private readonly parts: CompletedPart[] = [];
  private readonly sending = new Set<Promise<void>>();
  private upload: S3Upload | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly bucket: S3Bucket,
    private readonly key: string,
    private readonly memory: BufferReservation,
  ) {}

  throwIfFailed(): void {
    if (this.failure) throw this.failure.error;
  }

  /** Resolves when a part has been sent; rejects if it failed. Undefined if none is being sent. */
  nextSent(): Promise<void> | undefined {
    return this.sending.size === 0 ? undefined : Promise.race(this.sending).then(() => this.throwIfFailed());
  }

  /** Starts to send a part, and waits if many are being sent. */
  async send(part: Uint8Array): Promise<void> {
    this.upload ??= await this.begin();
    const sent = this.sendPart(this.upload, this.parts.push({}), part)
      .catch((error: unknown) => void (this.failure ??= { error }))
      .finally(() => {
        this.sending.delete(sent);
        this.memory.sent(part.byteLength);
      });
    this.sending.add(sent);
    if (this.sending.size >= CONCURRENT_PARTS) await this.nextSent();
  }

  /** Creates the object from the parts and the rest. */
  async finish(rest: Uint8Array): Promise<void> {
    if (!this.upload) return writeSmallObject(this.bucket, this.key, rest);
    if (rest.byteLength > 0) await this.send(rest);
    await Promise.all(this.sending);
    this.throwIfFailed();
    await completeUpload(this.bucket, this.upload, this.parts);
  }

  /** Deletes the parts that were sent. */
  async abort(): Promise<void> {
    await Promise.all(this.sending);
    if (this.upload) await abortUpload(this.bucket, this.upload).catch(() => undefined); // aborted later by `sweep`
  }

  private async begin(): Promise<S3Upload> {
    const create = new CreateMultipartUploadCommand(this.bucket.at(this.key));
    const { UploadId } = await this.bucket.request((s3) => s3.send(create));
    return { ...this.bucket.at(this.key), UploadId };
  }

  private async sendPart(upload: S3Upload, PartNumber: number, Body: Uint8Array): Promise<void> {
    const put = new UploadPartCommand({ Bucket: this.bucket.name, ...upload, PartNumber, Body });
    const { ETag } = await this.bucket.request((s3) => s3.send(put));
    this.parts[PartNumber - 1] = { PartNumber, ETag };
  }
}
