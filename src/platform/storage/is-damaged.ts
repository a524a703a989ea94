import { createHash } from 'node:crypto';
import type { BlobStore } from './blob-store.js';

/**
 * Whether the bytes of a blob do not have its hash. They are read a second time before they count as damaged, so that an error while
 * reading has no consequences.
 *
 * @throws HubError as `BlobStore.open`
 */
export async function isDamaged(blobs: Pick<BlobStore, 'open'>, sha256: string): Promise<boolean> {
  return (await digestOf(blobs, sha256)) !== sha256 && (await digestOf(blobs, sha256)) !== sha256;
}

async function digestOf(blobs: Pick<BlobStore, 'open'>, sha256: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of blobs.open(sha256) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
