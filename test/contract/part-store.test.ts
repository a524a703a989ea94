import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { FsPartStore } from '../../src/platform/storage/fs-part-store.js';
import type { PartStore } from '../../src/platform/storage/part-store.js';
import { S3Bucket } from '../../src/platform/storage/s3-bucket.js';
import { S3DirectTransfer } from '../../src/platform/storage/s3-direct-transfer.js';
import { S3PartStore } from '../../src/platform/storage/s3-part-store.js';
import { describeOnEveryStorage, describeOnS3 } from '../support/storages.js';
import { temporaryFolder } from '../support/temporary-folder.js';

async function* pieces(...content: Buffer[]): AsyncGenerator<Buffer> {
  yield* content;
}

describeOnEveryStorage('a part store', (newStorage) => {
  const newStore = async (): Promise<{ store: PartStore; reopened: () => PartStore }> => {
    const storage = await newStorage();
    return { store: storage.parts(), reopened: () => storage.parts() };
  };

  it('gives parts back one after the other, also after a restart', async () => {
    const { store, reopened } = await newStore();
    const upload = randomUUID();
    const [one, two] = [randomBytes(300_000), randomBytes(7)];
    const second = { partNumber: 2, etag: await store.put(upload, 2, pieces(two), 7) };
    const first = { partNumber: 1, etag: await store.put(upload, 1, pieces(one), 300_000) };
    const after = reopened();
    expect([await after.has(upload, first), await after.has(upload, second)]).toEqual([true, true]);
    expect(await buffer(after.read(upload, [first, second]))).toEqual(Buffer.concat([one, two]));
  });

  it.each([3, 5])('refuses a part of four bytes where %d were announced', async (size) => {
    const { store } = await newStore();
    const upload = randomUUID();
    const content = Buffer.from('four');
    await expect(store.put(upload, 1, pieces(content), size)).rejects.toMatchObject({ code: 'BadRequest' });
    const etag = createHash('sha256').update(content).digest('hex');
    expect(await store.has(upload, { partNumber: 1, etag })).toBe(false);
  });

  it('puts a part that is sent again in the place of the earlier one', async () => {
    const { store } = await newStore();
    const upload = randomUUID();
    const [old, tenth] = [
      { partNumber: 1, etag: await store.put(upload, 1, pieces(Buffer.from('old')), 3) },
      { partNumber: 10, etag: await store.put(upload, 10, pieces(Buffer.from('ten')), 3) },
    ];
    const now = { partNumber: 1, etag: await store.put(upload, 1, pieces(Buffer.from('new')), 3) };
    const there = [await store.has(upload, old), await store.has(upload, now), await store.has(upload, tenth)];
    expect(there).toEqual([false, true, true]);
    expect(await store.put(upload, 1, pieces(Buffer.from('new')), 3)).toBe(now.etag);
  });

  it('keeps uploads apart, and forgets one alone', async () => {
    const { store } = await newStore();
    const [mine, yours] = [randomUUID(), randomUUID()];
    const etag = await store.put(mine, 1, pieces(Buffer.from('x')), 1);
    await store.put(yours, 1, pieces(Buffer.from('x')), 1);
    await store.drop(mine);
    await store.drop(mine);
    expect(await store.has(mine, { partNumber: 1, etag })).toBe(false);
    expect(await store.has(yours, { partNumber: 1, etag })).toBe(true);
  });

  it.each(['', '../../etc', 'incoming'])('takes %j for no upload', async (upload) => {
    const { store } = await newStore();
    await expect(store.put(upload, 1, pieces(Buffer.from('x')), 1)).rejects.toThrow(TypeError);
    await expect(store.drop(upload)).rejects.toThrow(TypeError);
  });

  it.each(['', '../x', 'A'.repeat(64)])('has no part with the ETag %j', async (etag) => {
    const { store } = await newStore();
    expect(await store.has(randomUUID(), { partNumber: 1, etag })).toBe(false);
  });
});

it('an upload that has rested is swept, one that goes on is not', async () => {
  const root = join(await temporaryFolder(), 'parts');
  const store = new FsPartStore(root);
  const [resting, going] = [randomUUID(), randomUUID()];
  const etag = await store.put(resting, 1, pieces(Buffer.from('x')), 1);
  await store.put(going, 1, pieces(Buffer.from('x')), 1);
  await utimes(join(root, resting), new Date(1000), new Date(1000));
  await store.sweep(new Date(2_000_000));
  expect(await store.has(resting, { partNumber: 1, etag })).toBe(false);
  expect(await store.has(going, { partNumber: 1, etag })).toBe(true);
});

describeOnS3('what was begun on S3 and never ended', (server) => {
  it('is swept when it has rested, not while it goes on', async () => {
    const store = new S3PartStore(new S3Bucket(await server().newBucket()));
    const [resting, going] = [randomUUID(), randomUUID()];
    const one = { partNumber: 1, etag: await store.put(resting, 1, pieces(Buffer.from('x')), 1) };
    await store.put(going, 1, pieces(Buffer.from('x')), 1);
    const between = Date.now() + 1;
    while (Date.now() <= between); // the server's clock is this machine's
    const two = { partNumber: 2, etag: await store.put(going, 2, pieces(Buffer.from('y')), 1) };
    await store.sweep(new Date(between));
    expect([await store.has(resting, one), await store.has(going, one), await store.has(going, two)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('leaves nothing in the bucket after two days', async () => {
    const config = await server().newBucket();
    const bucket = new S3Bucket(config);
    const direct = new S3DirectTransfer(bucket, config, config.endpoint);
    const [begun, whole] = [await direct.begin(), await direct.begin()];
    for (const upload of [begun, whole])
      await fetch(await direct.partLink(upload, 1, 60), { method: 'PUT', body: 'some bytes' });
    await direct.assemble(whole, (await direct.parts(whole))!);
    const early = new Date(Date.now() + 23 * 3_600_000); // the collector's "before" is a day ago
    const late = new Date(Date.now() + 25 * 3_600_000);
    await new S3PartStore(bucket).sweep(early);
    expect([await direct.parts(begun), await direct.size(whole)]).toEqual([[expect.anything()], 10]);
    await new S3PartStore(bucket).sweep(late);
    expect([await direct.parts(begun), await direct.size(whole)]).toEqual([undefined, undefined]);
  });
});
