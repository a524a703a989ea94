import { join } from 'node:path';
import type { HubConfig, S3Config } from '../config/hub-config.js';
import type { BlobStore } from './blob-store.js';
import type { DirectTransfer } from './direct-transfer.js';
import { FsBlobStore } from './fs-blob-store.js';
import { FsPartStore } from './fs-part-store.js';
import type { PartStore } from './part-store.js';

const ONE_DAY_MS = 86_400_000;

/** Everything that keeps bytes, on one place. */
export interface Stores {
  readonly blobs: BlobStore;
  readonly parts: PartStore;
  /** Undefined where all bytes pass through the hub. */
  readonly direct: DirectTransfer | undefined;
}

/** The stores that the configuration asks for. */
export function openStores(config: HubConfig): Promise<Stores> {
  return config.s3 ? onS3(config.s3, config.baseUrl) : onFiles(config.dataDir);
}

async function onFiles(dataDir: string): Promise<Stores> {
  const blobs = new FsBlobStore(join(dataDir, 'blobs'));
  const parts = new FsPartStore(join(dataDir, 'parts'));
  const aDayAgo = new Date(Date.now() - ONE_DAY_MS);
  await blobs.sweep(aDayAgo);
  await parts.sweep(aDayAgo);
  return { blobs, parts, direct: undefined };
}

/** The SDK is loaded by those alone who need it. */
async function onS3(s3: S3Config, baseUrl: string): Promise<Stores> {
  const [{ S3Bucket }, { S3BlobStore }, { S3PartStore }, { S3DirectTransfer }] = await Promise.all([
    import('./s3-bucket.js'),
    import('./s3-blob-store.js'),
    import('./s3-part-store.js'),
    import('./s3-direct-transfer.js'),
  ]);
  const bucket = new S3Bucket(s3);
  const direct = clientsReach(s3, baseUrl) ? new S3DirectTransfer(bucket, s3, s3.publicEndpoint) : undefined;
  return { blobs: new S3BlobStore(bucket), parts: new S3PartStore(bucket), direct };
}

/**
 * Clients are sent to a store on another host alone: those of the 2.x generation follow a redirect within their hub's host name, whatever
 * the port, with the caller's token (contract A.3).
 */
function clientsReach({ endpoint, publicEndpoint }: S3Config, baseUrl: string): boolean {
  if (publicEndpoint === undefined) return endpoint === undefined; // AWS is reached by everybody
  return new URL(publicEndpoint).hostname !== new URL(baseUrl).hostname;
}
