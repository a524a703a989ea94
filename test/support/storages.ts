import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { BlobStore } from '../../src/platform/storage/blob-store.js';
import type { BlockStore } from '../../src/platform/storage/block-store.js';
import { FsBlockStore } from '../../src/platform/storage/fs-block-store.js';
import { S3BlockStore } from '../../src/platform/storage/s3-block-store.js';
import { FsBlobStore } from '../../src/platform/storage/fs-blob-store.js';
import { FsOwnerMark } from '../../src/platform/storage/fs-owner-mark.js';
import { FsPartStore } from '../../src/platform/storage/fs-part-store.js';
import type { OwnerMark } from '../../src/platform/storage/owner-mark.js';
import type { PartStore } from '../../src/platform/storage/part-store.js';
import { S3BlobStore } from '../../src/platform/storage/s3-blob-store.js';
import { S3Bucket } from '../../src/platform/storage/s3-bucket.js';
import { S3OwnerMark } from '../../src/platform/storage/s3-owner-mark.js';
import { S3PartStore } from '../../src/platform/storage/s3-part-store.js';
import { missingS3Programs, S3Server } from './s3-server.js';
import { temporaryFolder } from './temporary-folder.js';

/** A storage location. Each call opens a store on it, as a new process would. */
export interface Storage {
  blobs(): BlobStore;
  parts(): PartStore;
  blocks(): BlockStore;
  mark(): OwnerMark;
}

/** Creates an empty storage. */
export type NewStorage = () => Promise<Storage>;

/** Runs a suite on files and on an S3 server. The S3 part is skipped if no server is installed. */
export function describeOnEveryStorage(name: string, suite: (newStorage: NewStorage) => void): void {
  describe(`${name} on files`, () => {
    suite(async () => {
      const root = await temporaryFolder();
      return {
        blobs: () => new FsBlobStore(join(root, 'blobs')),
        parts: () => new FsPartStore(join(root, 'parts')),
        blocks: () => new FsBlockStore(join(root, 'blobs', 'held'), new FsBlobStore(join(root, 'blobs'))),
        mark: () => new FsOwnerMark(join(root, 'blobs')),
      };
    });
  });
  describeOnS3(`${name} on S3`, (server) => {
    suite(async () => {
      const config = await server().newBucket();
      const bucket = (): S3Bucket => new S3Bucket(config);
      return {
        blobs: () => new S3BlobStore(bucket()),
        parts: () => new S3PartStore(bucket()),
        blocks: () => new S3BlockStore(bucket()),
        mark: () => new S3OwnerMark(bucket()),
      };
    });
  });
}

/** Runs a suite with an S3 server, or skips it if none is installed. */
export function describeOnS3(name: string, suite: (server: () => S3Server) => void): void {
  describe(name, () => {
    const missing = missingS3Programs();
    if (missing !== undefined) {
      it.skip(`skipped: ${missing}`, () => {});
      return;
    }
    let server: S3Server;
    beforeAll(async () => {
      server = await S3Server.start();
    });
    suite(() => server);
    afterAll(() => server.stop());
  });
}
