import { describe, expect, it } from '@jest/globals';
import { aboveFloor, DiskFloor } from '../../../../src/platform/storage/disk-floor.js';

/** A disk of 10,000 bytes of which 1000 must stay free, and a clock. */
function disk(free = 10_000) {
  const state = { free, now: 0, reads: 0 };
  const read = (): Promise<number> => {
    state.reads += 1;
    return Promise.resolve(state.free);
  };
  return { state, floor: new DiskFloor(1000, read, () => state.now) };
}

const refused = { code: 'StorageFull' };

describe('the free-disk floor', () => {
  it('accepts what leaves enough space, and refuses one byte more with a sentence', async () => {
    const { floor } = disk();
    await expect(floor.require(9000)).resolves.toBeUndefined();
    await expect(floor.require(9001)).rejects.toMatchObject({
      ...refused,
      message:
        '9 kB cannot be uploaded now: the disk of the hub has 10 kB free, of which 1 kB must stay free. ' +
        'Ask the administrator of the hub to free some space.',
    });
  });

  it('counts what running uploads will still write, so that they cannot fill the disk together', async () => {
    const { floor, state } = disk();
    const first = await floor.begin(5000);
    await expect(floor.begin(5000)).rejects.toMatchObject(refused);
    await first.wrote(3000);
    await expect(floor.require(4001)).rejects.toMatchObject(refused);
    state.free = 7000;
    state.now = 1000;
    await expect(floor.require(4001)).rejects.toMatchObject(refused);
    first.end();
    await expect(floor.require(6000)).resolves.toBeUndefined();
  });

  it('stops an upload of unknown size before the disk is too full', async () => {
    const { floor } = disk();
    const use = await floor.begin();
    await use.wrote(9000);
    await expect(use.wrote(1)).rejects.toMatchObject(refused);
  });

  it('measures the disk at most once per second', async () => {
    const { floor, state } = disk();
    for (let n = 0; n < 100; n++) await floor.require(1);
    expect(state.reads).toBe(1);
    state.now = 1000;
    await floor.require(1);
    expect(state.reads).toBe(2);
  });

  it('is reported to the readiness check while uploads are refused', async () => {
    const { floor, state } = disk();
    expect(await floor.findProblem()).toBeUndefined();
    state.free = 400;
    state.now = 1000;
    expect(await floor.findProblem()).toBe('Uploads are refused: 400 B free on the disk, but 1 kB must stay free');
  });

  it('does not read content that does not fit, and releases its space when an upload fails', async () => {
    const { floor } = disk();
    const read: number[] = [];
    async function* content(fails: boolean): AsyncGenerator<Uint8Array> {
      read.push(1);
      yield Buffer.alloc(10);
      if (fails) throw new Error('the client disconnected');
    }
    const drain = async (size: number, fails: boolean): Promise<void> => {
      for await (const _ of aboveFloor(content(fails), floor, size));
    };
    await expect(drain(9001, false)).rejects.toMatchObject(refused);
    expect(read).toEqual([]);
    await expect(drain(8000, true)).rejects.toThrow('the client disconnected');
    await expect(drain(8000, false)).resolves.toBeUndefined();
  });
});
