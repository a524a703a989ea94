import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { Logger } from '@nestjs/common';
import { OWNER_MARK, type OwnerMark } from './owner-mark.js';
import type { S3Bucket } from './s3-bucket.js';
import { isMissing } from './s3-error.js';
import { BLOBS } from './s3-keys.js';

const KEY = `${BLOBS}${OWNER_MARK}`;
/** Statuses for an object that exists, or is being created by another replica. */
const EXISTS: ReadonlySet<number | undefined> = new Set([409, 412]);
/** Statuses of servers that know no conditions of writes. */
const UNSUPPORTED: ReadonlySet<number | undefined> = new Set([400, 405, 501]);

/** The owner mark of a bucket. */
export class S3OwnerMark implements OwnerMark {
  readonly place: string;
  private readonly logger = new Logger('Storage');

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

  async create(text: string): Promise<boolean> {
    const outcome = await this.putIfMissing(text);
    if (outcome === 'exists') return false;
    if (outcome === 'unsupported') {
      if ((await this.read()) !== undefined) return false;
      await this.put(text);
    } else if ((await this.putIfMissing(text)) === 'exists') return true; // a server that ignores the condition writes again
    this.logger.warn(
      `The S3 server does not support conditional writes (If-None-Match). If two hubs use ${this.place} for the first time at the same moment, both start. The one that has marked it last owns it; the other one deletes nothing and reports the problem.`,
    );
    return true;
  }

  replace(text: string): Promise<void> {
    return this.put(text);
  }

  async hasContent(): Promise<boolean> {
    const command = new ListObjectsV2Command({ Bucket: this.bucket.name, Prefix: BLOBS, MaxKeys: 2 });
    const { Contents = [] } = await this.bucket.request((s3) => s3.send(command));
    return Contents.some(({ Key }) => Key !== KEY);
  }

  private putIfMissing(text: string): Promise<'written' | 'exists' | 'unsupported'> {
    return this.bucket.request(async (s3) => {
      try {
        await s3.send(new PutObjectCommand({ ...this.markOf(text), IfNoneMatch: '*' }));
        return 'written';
      } catch (error) {
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
        if (EXISTS.has(status)) return 'exists';
        if (UNSUPPORTED.has(status)) return 'unsupported';
        throw error;
      }
    });
  }

  private async put(text: string): Promise<void> {
    await this.bucket.request((s3) => s3.send(new PutObjectCommand(this.markOf(text))));
  }

  private markOf(text: string): PutObjectCommandInput {
    return { ...this.bucket.at(KEY), Body: text, ContentType: 'application/json' };
  }
}
