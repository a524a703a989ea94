import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { blockBytesOf, type BlockStore, type PartialFile } from '../../src/platform/storage/block-store.js';
import { describeOnEveryStorage } from '../support/storages.js';

const MIB = 1024 * 1024;
const newFile = (size: number): PartialFile => ({ id: randomUUID(), size });

async function idsIn(store: BlockStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of store.list()) ids.push(id);
  return ids;
}

it('has at most 10,000 blocks of whole MiB for a file of any size', () => {
  expect([1, 8 * MIB, 5e12].map(blockBytesOf)).toEqual([8 * MIB, 8 * MIB, 477 * MIB]);
});

describeOnEveryStorage('a block store', (newStorage) => {
  const content = randomBytes(20 * MIB + 5);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const put = (store: BlockStore, file: PartialFile, index: number): Promise<void> =>
    store.put(
      file,
      index,
      [5, 7 * MIB, 8 * MIB].map((end, n, ends) =>
        content.subarray(index * 8 * MIB + (ends[n - 1] ?? 0), index * 8 * MIB + end),
      ),
    );

  it('returns ranges of blocks that were written in any order', async () => {
    const store = (await newStorage()).blocks();
    const file = newFile(content.length);
    for (const index of [2, 1]) await put(store, file, index);
    const range = { start: 8 * MIB + 7, end: content.length - 1 };
    const read = await buffer(await store.open(file, range));
    expect(read.equals(content.subarray(range.start))).toBe(true);
  });

  it('turns a complete file into a blob, also if this is repeated', async () => {
    const storage = await newStorage();
    const store = storage.blocks();
    const file = newFile(content.length);
    for (const index of [0, 2, 1]) await put(store, file, index);
    for (let time = 0; time < 2; time++) await store.publish(file, { sha256, size: content.length });
    expect((await buffer(storage.blobs().open(sha256))).equals(content)).toBe(true);
  });

  it('lists files until they are dropped', async () => {
    const store = (await newStorage()).blocks();
    const files = [newFile(content.length), newFile(content.length)];
    for (const file of files) for (const index of [0, 1]) await put(store, file, index);
    expect((await idsIn(store)).sort()).toEqual(files.map(({ id }) => id).sort());
    for (const { id } of [files[0]!, files[0]!]) await store.drop(id);
    expect(await idsIn(store)).toEqual([files[1]!.id]);
  });

  it('refuses ids that could be other paths', async () => {
    const store = (await newStorage()).blocks();
    await expect(store.put({ id: '../x', size: 1 }, 0, [Buffer.from('x')])).rejects.toThrow(/^Not a UUID/);
    await expect(store.drop('..')).rejects.toThrow(/^Not a UUID/);
  });
});
