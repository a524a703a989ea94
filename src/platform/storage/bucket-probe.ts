import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { BLOBS, INCOMING } from './s3-keys.js';
import { OWNER_MARK } from './owner-mark.js';
import { isBeyondEnd, isMissing } from './s3-error.js';

/** Content of the objects that are written. */
export const PROBE = 'Hubfall wrote this object to test its rights, and deletes it again.';

/** Objects in `incoming/`, which the hub would delete later if they were left behind. */
export class BucketProbe {
  readonly key = `${INCOMING}test-${randomUUID()}`;
  private readonly copy = `${this.key}-copy`;
  private readonly assembled = `${this.key}-parts`;

  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  /** All uses of a bucket, with the rights that they need. They run in this order, at startup and in the doctor. */
  readonly steps: readonly (readonly [action: string, run: () => Promise<unknown>])[] = [
    // unlike the errors of HEAD, its errors name what is wrong
    [
      'list objects (s3:ListBucket)',
      () => this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: this.key, MaxKeys: 1 })),
    ],
    ['read objects that exist (s3:GetObject)', () => this.readExisting()],
    ['write an object (s3:PutObject)', () => this.s3.send(new PutObjectCommand({ ...this.at(this.key), Body: PROBE }))],
    ['read an object (s3:GetObject)', () => this.readBack()],
    [
      'copy an object (s3:GetObject, s3:PutObject)',
      () => this.s3.send(new CopyObjectCommand({ ...this.at(this.copy), CopySource: `${this.bucket}/${this.key}` })),
    ],
    ['upload an object in parts (s3:PutObject, s3:ListMultipartUploadParts)', () => this.uploadParts()],
    [
      'list unfinished uploads (s3:ListBucketMultipartUploads)',
      () => this.s3.send(new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: this.key })),
    ],
    ['abort an upload (s3:AbortMultipartUpload)', () => this.abortUpload()],
    ['delete an object (s3:DeleteObject)', () => this.deleteAll()],
  ];

  async deleteAll(): Promise<void> {
    for (const key of [this.copy, this.assembled, this.key]) await this.s3.send(new DeleteObjectCommand(this.at(key)));
  }

  private at(Key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key };
  }

  /** Objects of another user may be unreadable. The owner mark is read at each start. */
  private async readExisting(): Promise<void> {
    const command = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: BLOBS, MaxKeys: 1 });
    const { Contents = [] } = await this.s3.send(command);
    for (const Key of [`${BLOBS}${OWNER_MARK}`, ...Contents.map(({ Key }) => Key!)])
      await this.s3
        .send(new GetObjectCommand({ ...this.at(Key), Range: 'bytes=0-0' }))
        .then(({ Body }) => (Body as { destroy?: () => void } | undefined)?.destroy?.(), ignoreMissing);
  }

  private async readBack(): Promise<void> {
    const { Body } = await this.s3.send(new GetObjectCommand(this.at(this.key)));
    if ((await Body?.transformToString()) !== PROBE) throw new Error('it returned other bytes than were written');
  }

  private async uploadParts(): Promise<void> {
    const at = this.at(this.assembled);
    const { UploadId } = await this.s3.send(new CreateMultipartUploadCommand(at));
    const { ETag } = await this.s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: PROBE }));
    await this.s3.send(new ListPartsCommand({ ...at, UploadId }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await this.s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }));
  }

  private async abortUpload(): Promise<void> {
    const at = this.at(this.assembled);
    const { UploadId } = await this.s3.send(new CreateMultipartUploadCommand(at));
    await this.s3.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
  }
}

/** An empty object has no first byte. */
function ignoreMissing(error: unknown): void {
  if (!isMissing(error) && !isBeyondEnd(error)) throw error;
}
