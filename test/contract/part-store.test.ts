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

  it('reads parts in order, also after a restart', async () => {
    const { store, reopened } = await newStore();
    const upload = randomUUID();
    const [content1, content2] = [randomBytes(300_000), randomBytes(7)];
    const second = { partNumber: 2, etag: await store.put(upload, 2, pieces(content2), { size: 7 }) };
    const first = { partNumber: 1, etag: await store.put(upload, 1, pieces(content1), { size: 300_000 }) };
    const restarted = reopened();
    expect([await restarted.has(upload, first), await restarted.has(upload, second)]).toEqual([true, true]);
    expect(await buffer(restarted.read(upload, [first, second]))).toEqual(Buffer.concat([content1, content2]));
  });

  it.each([3, 5])('rejects a part of four bytes with an announced size of %d', async (size) => {
    const { store } = await newStore();
    const upload = randomUUID();
    const content = Buffer.from('four');
    await expect(store.put(upload, 1, pieces(content), { size })).rejects.toMatchObject({ code: 'BadRequest' });
    const etag = createHash('sha256').update(content).digest('hex');
    expect(await store.has(upload, { partNumber: 1, etag })).toBe(false);
  });

  it('replaces a part that is uploaded again', async () => {
    const { store } = await newStore();
    const upload = randomUUID();
    const [old, tenth] = [
      { partNumber: 1, etag: await store.put(upload, 1, pieces(Buffer.from('old')), { size: 3 }) },
      { partNumber: 10, etag: await store.put(upload, 10, pieces(Buffer.from('ten')), { size: 3 }) },
    ];
    const replaced = { partNumber: 1, etag: await store.put(upload, 1, pieces(Buffer.from('new')), { size: 3 }) };
    const found = [await store.has(upload, old), await store.has(upload, replaced), await store.has(upload, tenth)];
    expect(found).toEqual([false, true, true]);
    expect(await store.put(upload, 1, pieces(Buffer.from('new')), { size: 3 })).toBe(replaced.etag);
  });

  it('separates uploads and deletes only the given one', async () => {
    const { store } = await newStore();
    const [dropped, kept] = [randomUUID(), randomUUID()];
    const etag = await store.put(dropped, 1, pieces(Buffer.from('x')), { size: 1 });
    await store.put(kept, 1, pieces(Buffer.from('x')), { size: 1 });
    await store.drop(dropped);
    await store.drop(dropped);
    expect(await store.has(dropped, { partNumber: 1, etag })).toBe(false);
    expect(await store.has(kept, { partNumber: 1, etag })).toBe(true);
  });

  it.each(['', '../../etc', 'incoming'])('rejects the upload ID %j', async (upload) => {
    const { store } = await newStore();
    await expect(store.put(upload, 1, pieces(Buffer.from('x')), { size: 1 })).rejects.toThrow(TypeError);
    await expect(store.drop(upload)).rejects.toThrow(TypeError);
  });

  it.each(['', '../x', 'A'.repeat(64)])('has no part with the ETag %j', async (etag) => {
    const { store } = await newStore();
    expect(await store.has(randomUUID(), { partNumber: 1, etag })).toBe(false);
  });
});

it('sweep deletes inactive uploads and keeps active ones', async () => {
  const root = join(await temporaryFolder(), 'parts');
  const store = new FsPartStore(root);
  const [inactive, active] = [randomUUID(), randomUUID()];
  const etag = await store.put(inactive, 1, pieces(Buffer.from('x')), { size: 1 });
  await store.put(active, 1, pieces(Buffer.from('x')), { size: 1 });
  await utimes(join(root, inactive), new Date(1000), new Date(1000));
  await store.sweep(new Date(2_000_000));
  expect(await store.has(inactive, { partNumber: 1, etag })).toBe(false);
  expect(await store.has(active, { partNumber: 1, etag })).toBe(true);
});

describeOnS3('the sweep of unfinished uploads on S3', (server) => {
  it('deletes inactive uploads and keeps active ones', async () => {
    const store = new S3PartStore(new S3Bucket(await server().newBucket()));
    const [inactive, active] = [randomUUID(), randomUUID()];
    const part1 = { partNumber: 1, etag: await store.put(inactive, 1, pieces(Buffer.from('x')), { size: 1 }) };
    await store.put(active, 1, pieces(Buffer.from('x')), { size: 1 });
    const between = Date.now() + 1;
    while (Date.now() <= between); // The server has the clock of this machine.
    const part2 = { partNumber: 2, etag: await store.put(active, 2, pieces(Buffer.from('y')), { size: 1 }) };
    await store.sweep(new Date(between));
    expect([await store.has(inactive, part1), await store.has(active, part1), await store.has(active, part2)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('leaves nothing in the bucket after a day', async () => {
    const config = await server().newBucket();
    const bucket = new S3Bucket(config);
    const direct = new S3DirectTransfer(bucket, config, config.endpoint);
    const [unfinished, assembled] = [await direct.begin(), await direct.begin()];
    for (const upload of [unfinished, assembled])
      await fetch(await direct.partLink(upload, 1, 60), { method: 'PUT', body: 'some bytes' });
    await direct.assemble(assembled, (await direct.parts(assembled))!);
    const early = new Date(Date.now() + 23 * 3_600_000); // the collector sweeps with a grace period of a day
    const late = new Date(Date.now() + 25 * 3_600_000);
    await new S3PartStore(bucket).sweep(early);
    expect([await direct.parts(unfinished), await direct.size(assembled)]).toEqual([[expect.anything()], 10]);
    await new S3PartStore(bucket).sweep(late);
    expect([await direct.parts(unfinished), await direct.size(assembled)]).toEqual([undefined, undefined]);
  });
});
