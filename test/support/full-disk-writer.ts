import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { FsBlobStore } from '../../src/platform/storage/fs-blob-store.js';
import { toStorageError } from '../../src/platform/storage/storage-error.js';

/** Runs on a disk of 1 MB: stores a small blob, one that is too large, and another small one, and prints the results as JSON. */
const [root] = process.argv.slice(2) as [string];
const store = new FsBlobStore(root);

async function* megabytes(count: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < count; at += 1) yield randomBytes(1_000_000);
}
async function* little(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

const before = await store.put(little('before'));
const error: unknown = await store.put(megabytes(3)).catch((error: unknown) => error);
const many = new Map(
  [randomBytes(500_000), randomBytes(500_000), randomBytes(500_000)].map((content) => [sha256(content), content]),
);
const errorOfMany: unknown = await store.putAll(many).catch((error: unknown) => error);
for (const digest of many.keys()) await store.delete(digest);
const after = await store.put(little('after'));
const result = {
  codes: [error, errorOfMany].map((error) => (error as NodeJS.ErrnoException).code),
  toCallers: toStorageError(error)?.code,
  left: await readdir(join(root, 'incoming')),
  kept: [before, after].map(async ({ sha256 }) => (await buffer(store.open(sha256))).toString()),
};
process.stdout.write(JSON.stringify({ ...result, kept: await Promise.all(result.kept) }));
