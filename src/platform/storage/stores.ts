import { join } from 'node:path';
import type { HubConfig, S3Config } from '../config/hub-config.js';
import type { BlobStore } from './blob-store.js';
import type { BlockStore } from './block-store.js';
import type { DiskFloor } from './disk-floor.js';
import type { DirectTransfer } from './direct-transfer.js';
import { FsBlobStore } from './fs-blob-store.js';
import { FsBlockStore } from './fs-block-store.js';
import { FsOwnerMark } from './fs-owner-mark.js';
import { FsPartStore } from './fs-part-store.js';
import type { OwnerMark } from './owner-mark.js';
import type { PartStore } from './part-store.js';

const ONE_DAY_MS = 86_400_000;
/** A running upload is written to continuously, so a file that has not changed for an hour belongs to a crashed process. */
export const LEFTOVER_MS = 3_600_000;

/** The stores for file contents: all on disk, or all in an S3 bucket. */
export interface Stores {
  readonly blobs: BlobStore;
  readonly parts: PartStore;
  readonly blocks: BlockStore;
  /** Undefined if all transfers pass through the hub. */
  readonly direct: DirectTransfer | undefined;
  /** Names the hub that owns the stores. */
  readonly mark: OwnerMark;
  /** Deletes what crashed processes have left on disk. Call at startup, if the stores belong to this hub. */
  readonly sweepLeftovers: () => Promise<void>;
}

/** Opens the configured stores. The data directory must be locked before if the database is embedded. */
export function openStores(config: HubConfig, floor?: DiskFloor): Promise<Stores> {
  return config.s3 ? openS3Stores(config.s3) : Promise.resolve(openFileStores(config, floor));
}

function openFileStores({ dataDir, databaseUrl }: HubConfig, floor?: DiskFloor): Stores {
  const root = join(dataDir, 'blobs');
  const blobs = new FsBlobStore(root, floor);
  const parts = new FsPartStore(join(dataDir, 'parts'), floor);
  const blocks = new FsBlockStore(join(root, 'held'), blobs, floor);
  const sweepLeftovers = async (): Promise<void> => {
    // Other replicas may be writing files in a shared directory. The embedded database makes sure that there are no others.
    const leftBehind = new Date(Date.now() - (databaseUrl === undefined ? 0 : LEFTOVER_MS));
    await blobs.sweep(leftBehind);
    await parts.sweepIncoming(leftBehind);
    await parts.sweep(new Date(Date.now() - ONE_DAY_MS));
  };
  return { blobs, parts, blocks, direct: undefined, mark: new FsOwnerMark(root), sweepLeftovers };
}

/** The AWS SDK is large, so it is only loaded if S3 is used. */
async function openS3Stores(s3: S3Config): Promise<Stores> {
  const [{ S3Bucket }, { S3BlobStore }, { S3PartStore }, { S3DirectTransfer }, { S3OwnerMark }, { S3BlockStore }] =
    await Promise.all([
      import('./s3-bucket.js'),
      import('./s3-blob-store.js'),
      import('./s3-part-store.js'),
      import('./s3-direct-transfer.js'),
      import('./s3-owner-mark.js'),
      import('./s3-block-store.js'),
    ]);
  const bucket = new S3Bucket(s3);
  const direct = hasDirectAccess(s3) ? new S3DirectTransfer(bucket, s3, s3.publicEndpoint) : undefined;
  return {
    blobs: new S3BlobStore(bucket),
    parts: new S3PartStore(bucket),
    blocks: new S3BlockStore(bucket),
    direct,
    mark: new S3OwnerMark(bucket),
    sweepLeftovers: () => Promise.resolve(),
  };
}

/** Whether clients can reach the S3 server: AWS, or another one with a public endpoint. */
const hasDirectAccess = ({ endpoint, publicEndpoint }: S3Config): boolean =>
  publicEndpoint !== undefined || endpoint === undefined;
