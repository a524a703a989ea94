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
import { INCOMING } from '../../platform/storage/s3-keys.js';

/** Content of the objects that are written. */
export const PROBE = 'The doctor of Hubfall wrote this object and deletes it again.';

/** Objects in `incoming/`, which the hub would delete later if they were left behind. */
export class ProbeObjects {
  readonly key = `${INCOMING}doctor-${randomUUID()}`;
  private readonly copy = `${this.key}-copy`;
  private readonly assembled = `${this.key}-parts`;

  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  /** All uses of a bucket, with the rights that they need. They run in this order. */
  readonly steps: readonly (readonly [action: string, run: () => Promise<unknown>])[] = [
    // unlike HEAD, its errors name what is wrong
    [
      'find the bucket (s3:ListBucket)',
      () => this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: this.key, MaxKeys: 1 })),
    ],
    ['write an object (s3:PutObject)', () => this.s3.send(new PutObjectCommand({ ...this.at(this.key), Body: PROBE }))],
    ['read an object (s3:GetObject)', () => this.readBack()],
    [
      'list objects (s3:ListBucket)',
      () => this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: this.key })),
    ],
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
