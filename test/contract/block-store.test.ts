import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { buffer, text } from 'node:stream/consumers';
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
  const put = async (store: BlockStore, file: PartialFile, index: number): Promise<void> => {
    const block = content.subarray(index * 8 * MIB, (index + 1) * 8 * MIB);
    const writer = await store.begin(file, { index, bytes: block.length });
    for (const [start, middle, end] of [
      [0, 5, 3 * MIB],
      [3 * MIB, 7 * MIB, 8 * MIB],
    ] as const)
      await writer.write([block.subarray(start, middle), block.subarray(middle, end)]);
    await writer.end();
  };

  it('returns ranges of blocks that were written in any order', async () => {
    const store = (await newStorage()).blocks();
    const file = newFile(content.length);
    for (const index of [2, 1]) await put(store, file, index);
    const range = { start: 8 * MIB + 7, end: content.length - 1 };
    const read = await buffer(await store.open(file, range));
    expect(read.equals(content.subarray(range.start))).toBe(true);
  });

  it('returns bytes of a block that is written in part, on disk, and writes it again after it was canceled', async () => {
    const store = (await newStorage()).blocks();
    const file = newFile(content.length);
    const writer = await store.begin(file, { index: 1, bytes: 8 * MIB });
    await writer.write([Buffer.from('other bytes')]);
    const range = { start: 8 * MIB + 6, end: 8 * MIB + 10 };
    if (store.readsUnfinished) expect(await text(await store.open(file, range))).toBe('bytes');
    await writer.cancel();
    await put(store, file, 1);
    expect((await buffer(await store.open(file, range))).equals(content.subarray(range.start, range.end + 1))).toBe(
      true,
    );
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
    await expect(async () => store.begin({ id: '../x', size: 1 }, { index: 0, bytes: 1 })).rejects.toThrow(
      /^Not a UUID/,
    );
    await expect(store.drop('..')).rejects.toThrow(/^Not a UUID/);
  });
});
