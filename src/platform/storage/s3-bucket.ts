import {
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { S3Config } from '../config/hub-config.js';
import { isMissing, toS3Error } from './s3-error.js';

const CONNECT_MS = 3000;
/** Timeout for the response headers. It includes sending the request body, which is at most one part. */
const RESPONSE_MS = 30_000;
/** Each running download holds a connection. */
const MAX_CONNECTIONS = 1000;
/** How long a check that the bucket exists is valid. */
const BUCKET_CHECK_MS = 3000;

/** Metadata of an object. */
export interface S3Object {
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
}

/** An object in a listing. */
export interface S3Listed {
  readonly key: string;
  readonly modified: Date;
}

/** Creates a client. `endpoint` may be the public endpoint, for presigned links. */
export function s3Client(config: S3Config, endpoint = config.endpoint): S3Client {
  return new S3Client({
    endpoint,
    region: config.region,
    forcePathStyle: config.forcePathStyle,
    credentials: config.keys,
    // many servers do not support the checksums and trailers that the SDK would add; the SHA-256 of each body is signed anyway
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: RESPONSE_MS,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: MAX_CONNECTIONS },
      httpsAgent: { maxSockets: MAX_CONNECTIONS, ca: config.certificateAuthorities as string[] | undefined },
    },
  });
}

/** The bucket of the hub. Server errors are converted to `HubError`. */
export class S3Bucket {
  readonly name: string;
  private readonly logger = new Logger('Storage');
  private readonly client: S3Client;
  private bucketCheckedAt = -Infinity;

  constructor(config: S3Config) {
    this.name = config.bucket;
    this.client = s3Client(config);
  }

  /** The request parameters that identify an object. */
  at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.name, Key: key };
  }

  /**
   * Sends requests.
   * @throws HubError `StorageUnavailable` or `StorageFull`; the error of the SDK if only this request was rejected
   */
  async request<T>(work: (client: S3Client) => Promise<T>): Promise<T> {
    try {
      return await work(this.client);
    } catch (error) {
      throw this.toError(error);
    }
  }

  /** Converts server errors to `HubError` and logs them. Other errors are returned unchanged. */
  toError(error: unknown): unknown {
    const converted = toS3Error(error);
    if (converted !== error) this.logger.warn({ err: error, bucket: this.name }, 'S3 request failed');
    return converted;
  }

  /** @throws HubError if the bucket cannot be used */
  async ping(signal?: AbortSignal): Promise<void> {
    try {
      await this.request((s3) => s3.send(new HeadBucketCommand({ Bucket: this.name }), { abortSignal: signal }));
      this.bucketCheckedAt = performance.now();
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      this.logger.warn(`The bucket ${this.name} does not exist. Create it or change KOHAKU_HUB_S3_BUCKET.`);
      throw new HubError('StorageUnavailable', 'The storage bucket does not exist', { retryAfter: 5, cause });
    }
  }

  /** Returns `undefined` if the object does not exist. */
  async head(key: string): Promise<S3Object | undefined> {
    try {
      const head = await this.request((s3) => s3.send(new HeadObjectCommand(this.at(key))));
      return { size: head.ContentLength ?? 0, etag: (head.ETag ?? '').replaceAll('"', '') };
    } catch (error) {
      if (!isMissing(error)) throw error;
      // a HEAD response has no body, so it does not distinguish a missing object from a missing bucket
      if (performance.now() - this.bucketCheckedAt > BUCKET_CHECK_MS) await this.ping();
      return undefined;
    }
  }

  /** Does nothing if the object does not exist. */
  async delete(key: string): Promise<void> {
    await this.request((s3) => s3.send(new DeleteObjectCommand(this.at(key))));
  }

  /** Lists all objects with a prefix. */
  async *list(prefix: string): AsyncGenerator<S3Listed> {
    for (let token: string | undefined; ;) {
      const command = new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix, ContinuationToken: token });
      const page = await this.request((s3) => s3.send(command));
      for (const { Key, LastModified } of page.Contents ?? [])
        if (Key !== undefined) yield { key: Key, modified: LastModified ?? new Date() };
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
      if (token === undefined) return;
    }
  }
}
