import {
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { S3Config } from '../config/hub-config.js';
import { guardedS3Client, s3Client } from './s3-client.js';
import { describeS3Problem, isMissing, isServerFailure, toS3Error } from './s3-error.js';
import { STORE_RETRY_SECONDS, StoreBreaker, storeUnavailable } from './store-breaker.js';

/** How long a check that the bucket exists is valid. */
const BUCKET_CHECK_MS = 3000;
/** A probe that fails is repeated at once, so that a few failing requests are not an outage. */
const PROBE_ATTEMPTS = 4;
/** The longest wait for the answer to a probe. */
const MAX_PROBE_MS = 2000;

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

/** The bucket of the hub. Server errors are converted to `HubError`. */
export class S3Bucket {
  readonly name: string;
  /** How long a request may wait until the response, or the content of an object, begins. */
  readonly timeoutMs: number;
  readonly breaker: StoreBreaker;
  private readonly logger = new Logger('Storage');
  private readonly client: S3Client;
  /** Not stopped by the breaker, and with its own connections. */
  private readonly prober: S3Client;
  private bucketCheckedAt = -Infinity;

  constructor(config: S3Config) {
    this.name = config.bucket;
    this.timeoutMs = config.timeoutMs;
    this.prober = s3Client(config, config.endpoint, 1);
    this.breaker = new StoreBreaker({
      probe: (signal) => this.probe(signal),
      describe: describeS3Problem,
      timeoutMs: Math.min(MAX_PROBE_MS, config.timeoutMs / 2),
    });
    this.client = guardedS3Client(config, this.breaker);
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
    this.breaker.admit();
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

  /** @throws HubError if the bucket cannot be used. Its message has the reason. */
  async ping(): Promise<void> {
    try {
      await this.breaker.check();
    } catch (cause) {
      const reason = this.breaker.problem ?? describeS3Problem(cause);
      throw new HubError('StorageUnavailable', reason, { retryAfter: STORE_RETRY_SECONDS, cause });
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
      if (performance.now() - this.bucketCheckedAt > BUCKET_CHECK_MS) await this.requireBucket();
      return undefined;
    }
  }

  /** Does nothing if the object does not exist. */
  async delete(key: string): Promise<void> {
    await this.request((s3) => s3.send(new DeleteObjectCommand(this.at(key))));
  }

  /** @throws HubError if the bucket does not exist, or cannot be used */
  private async requireBucket(): Promise<void> {
    await this.breaker.check().catch((cause: unknown) => {
      throw storeUnavailable(cause);
    });
  }

  private async probe(abortSignal: AbortSignal, attempts = PROBE_ATTEMPTS): Promise<void> {
    try {
      await this.prober.send(new HeadBucketCommand({ Bucket: this.name }), { abortSignal });
      this.bucketCheckedAt = performance.now();
    } catch (error) {
      if (attempts === 1 || !isServerFailure(error)) throw error;
      await this.probe(abortSignal, attempts - 1);
    }
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
