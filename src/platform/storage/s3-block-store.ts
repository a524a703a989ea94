import { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { mapConcurrently } from '../async/map-concurrently.js';
import type { ByteRange, StoredBlob } from './blob-store.js';
import { blockBytesOf, type BlockStore, type BlockWriter, type PartialBlock, type PartialFile } from './block-store.js';
import { missingContent, sizeProblem, truncatedContent } from './missing-content.js';
import type { S3Bucket } from './s3-bucket.js';
import { blobKey, blocksPrefix, HELD } from './s3-keys.js';
import { readObject } from './s3-reading.js';
import { assembleObject } from './s3-writing.js';

const CONCURRENT_DELETIONS = 8;

/** Stores blocks as objects `held/<id>/<index>`. The bucket assembles them, so that their bytes do not pass through the hub again. */
export class S3BlockStore implements BlockStore {
  readonly readsUnfinished = false;

  constructor(private readonly bucket: S3Bucket) {}

  async begin({ id }: PartialFile, { index }: PartialBlock): Promise<BlockWriter> {
    const object = this.bucket.at(blockKey(id, index));
    const written: Uint8Array[] = [];
    return {
      write: (pieces) => {
        written.push(...pieces);
        return Promise.resolve();
      },
      end: async () => {
        const Body = written.length === 1 ? written[0] : Buffer.concat(written);
        const put = new PutObjectCommand({ ...object, Body });
        await this.bucket.request((s3) => s3.send(put));
      },
      cancel: () => Promise.resolve(),
    };
  }

  open(file: PartialFile, range: ByteRange): Promise<Readable> {
    return Promise.resolve(Readable.from(this.read(file, range), { objectMode: false }));
  }

  async publish({ id, size }: PartialFile, { sha256 }: StoredBlob): Promise<void> {
    if ((await this.bucket.head(blobKey(sha256)))?.size === size) return;
    const count = Math.ceil(size / blockBytesOf(size));
    const blocks = Array.from({ length: count }, (_, index) => blockKey(id, index));
    await assembleObject(this.bucket, blocks, blobKey(sha256));
  }

  async drop(id: string): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of this.bucket.list(blocksPrefix(id))) keys.push(key);
    await mapConcurrently(keys, CONCURRENT_DELETIONS, (key) => this.bucket.delete(key));
  }

  async *list(): AsyncGenerator<string> {
    let last: string | undefined;
    for await (const { key } of this.bucket.list(HELD)) {
      const id = key.split('/')[1];
      if (id === undefined || id === last) continue;
      yield id;
      last = id;
    }
  }

  private async *read({ id, size }: PartialFile, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
    const blockBytes = blockBytesOf(size);
    for (let at = start; at <= end;) {
      const index = Math.floor(at / blockBytes);
      const offset = index * blockBytes;
      const last = Math.min(end, offset + blockBytes - 1);
      const range = { start: at - offset, end: last - offset };
      const block = readObject(this.bucket, blockKey(id, index), range, {
        missing: (error) => missingContent(id, error),
        truncated: (error) => truncatedContent(id, error),
        sizeProblem: (size) => sizeProblem(id, range, size),
      });
      yield* block as AsyncIterable<Buffer>;
      at = last + 1;
    }
  }
}

const blockKey = (id: string, index: number): string => `${blocksPrefix(id)}${String(index).padStart(5, '0')}`;
