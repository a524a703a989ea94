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
import { isMissing, s3Fault } from './s3-fault.js';

const CONNECT_MS = 3000;
/** Until an answer's headers are there, the request's body included, which has a part's size at most. */
const ANSWER_MS = 30_000;
/** Downloads hold a connection each for as long as they take. */
const MOST_CONNECTIONS = 1000;
/** For so long nobody asks again whether the bucket itself is there. */
const BUCKET_SEEN_MS = 3000;

/** What a bucket says of an object. */
export interface S3Object {
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
}

/** An object in a list. */
export interface S3Listed {
  readonly key: string;
  readonly modified: Date;
}

/** A client of a store, or of the same store as others see it. */
export function s3Client(config: S3Config, endpoint = config.endpoint): S3Client {
  return new S3Client({
    endpoint,
    region: config.region,
    forcePathStyle: config.forcePathStyle,
    credentials: config.keys,
    // many servers know neither the checksums nor the trailers that the SDK would add; each body's SHA-256 is signed anyway
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      ...{ connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
      ...{ httpAgent: { maxSockets: MOST_CONNECTIONS }, httpsAgent: { maxSockets: MOST_CONNECTIONS } },
    },
  });
}

/** The bucket that the hub has to itself. Whatever is asked of it, its faults are HubErrors. */
export class S3Bucket {
  readonly name: string;
  private readonly logger = new Logger('Storage');
  private readonly client: S3Client;
  private bucketSeen = -Infinity;

  constructor(config: S3Config) {
    this.name = config.bucket;
    this.client = s3Client(config);
  }

  /** An object's place, as every request names it. */
  at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.name, Key: key };
  }

  /** @throws HubError `StorageUnavailable`, `StorageFull`; the SDK's own error for what the store refuses about this request alone */
  async ask<T>(work: (client: S3Client) => Promise<T>): Promise<T> {
    try {
      return await work(this.client);
    } catch (error) {
      throw this.fault(error);
    }
  }

  /** An error in the hub's words, where it is a fault of the store; the store's own words are for the log. */
  fault(error: unknown): unknown {
    const fault = s3Fault(error);
    if (fault !== error) this.logger.warn({ err: error, bucket: this.name }, 'The S3 store failed');
    return fault;
  }

  /** @throws HubError when the bucket cannot be used */
  async ping(signal?: AbortSignal): Promise<void> {
    try {
      await this.ask((s3) => s3.send(new HeadBucketCommand({ Bucket: this.name }), { abortSignal: signal }));
      this.bucketSeen = performance.now();
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      this.logger.warn(`There is no bucket ${this.name}`);
      throw new HubError('StorageUnavailable', 'The bucket of the hub is not there', { retryAfter: 5, cause });
    }
  }

  /** Undefined when there is no such object. */
  async head(key: string): Promise<S3Object | undefined> {
    try {
      const found = await this.ask((s3) => s3.send(new HeadObjectCommand(this.at(key))));
      return { size: found.ContentLength ?? 0, etag: (found.ETag ?? '').replaceAll('"', '') };
    } catch (error) {
      if (!isMissing(error)) throw error;
      // an answer to HEAD has no body: it does not tell a missing object from a missing bucket
      if (performance.now() - this.bucketSeen > BUCKET_SEEN_MS) await this.ping();
      return undefined;
    }
  }

  /** Deleting what is not there is fine. */
  async delete(key: string): Promise<void> {
    await this.ask((s3) => s3.send(new DeleteObjectCommand(this.at(key))));
  }

  /** Everything whose name begins so, page by page. */
  async *list(prefix: string): AsyncGenerator<S3Listed> {
    for (let token: string | undefined; ;) {
      const asked = new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix, ContinuationToken: token });
      const page = await this.ask((s3) => s3.send(asked));
      for (const { Key, LastModified } of page.Contents ?? [])
        if (Key !== undefined) yield { key: Key, modified: LastModified ?? new Date() };
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
      if (token === undefined) return;
    }
  }
}
