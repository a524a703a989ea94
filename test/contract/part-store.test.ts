import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { FsPartStore } from '../../src/platform/storage/fs-part-store.js';
import type { PartStore } from '../../src/platform/storage/part-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

async function* pieces(...content: Buffer[]): AsyncGenerator<Buffer> {
  yield* content;
}

const stores: [string, () => Promise<{ store: PartStore; reopened: () => PartStore }>][] = [
  [
    'files',
    async () => {
      const root = join(await temporaryFolder(), 'parts');
      return { store: new FsPartStore(root), reopened: () => new FsPartStore(root) };
    },
  ],
];

describe.each(stores)('a part store on %s', (_name, newStore) => {
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
