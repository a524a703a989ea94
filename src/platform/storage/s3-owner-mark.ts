import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { OWNER_MARK, type OwnerMark } from './owner-mark.js';
import type { S3Bucket } from './s3-bucket.js';
import { isMissing } from './s3-error.js';
import { BLOBS } from './s3-keys.js';

const KEY = `${BLOBS}${OWNER_MARK}`;
/** Statuses for an object that exists, or is being created by another replica. */
const EXISTS: ReadonlySet<number | undefined> = new Set([409, 412]);

/** The owner mark of a bucket. */
export class S3OwnerMark implements OwnerMark {
  readonly place: string;

  constructor(private readonly bucket: S3Bucket) {
    this.place = `the bucket ${bucket.name}`;
  }

  async read(): Promise<string | undefined> {
    try {
      return await this.bucket.request(async (s3) => {
        const { Body } = await s3.send(new GetObjectCommand(this.bucket.at(KEY)));
        return Body?.transformToString();
      });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Servers without conditional writes replace the mark. The caller reads it again, so only the last writer believes that it is the owner. */
  async create(text: string): Promise<boolean> {
    try {
      await this.put(text, { IfNoneMatch: '*' });
      return true;
    } catch (error) {
      const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
      if (EXISTS.has($metadata?.httpStatusCode)) return false;
      throw error;
    }
  }

  replace(text: string): Promise<void> {
    return this.put(text);
  }

  async hasContent(): Promise<boolean> {
    const command = new ListObjectsV2Command({ Bucket: this.bucket.name, Prefix: BLOBS, MaxKeys: 2 });
    const { Contents = [] } = await this.bucket.request((s3) => s3.send(command));
    return Contents.some(({ Key }) => Key !== KEY);
  }

  private async put(text: string, condition: { readonly IfNoneMatch?: string } = {}): Promise<void> {
    const command = new PutObjectCommand({
      ...this.bucket.at(KEY),
      ...condition,
      Body: text,
      ContentType: 'application/json',
    });
    await this.bucket.request((s3) => s3.send(command));
  }
}
