import { expect, it } from '@jest/globals';
import { HubError } from '../../../../src/domain/hub-error.js';
import { StorageHealth } from '../../../../src/platform/storage/storage-health.js';

function stage() {
  const world = { now: 0, pings: 0, fails: undefined as Error | undefined };
  const ping = async (): Promise<void> => {
    world.pings += 1;
    if (world.fails) throw world.fails;
  };
  return { world, health: new StorageHealth({ ping }, () => world.now) };
}

it('asks the store once in three seconds, however often it is asked itself', async () => {
  const { world, health } = stage();
  await Promise.all([health.fault(), health.fault()]);
  world.now = 2999;
  await health.fault();
  expect(world.pings).toBe(1);
  world.now = 3000;
  await health.fault();
  expect(world.pings).toBe(2);
});

it.each([
  [new HubError('StorageUnavailable', 'The storage bucket does not exist'), 'The storage bucket does not exist'],
  [new Error("EACCES: permission denied, open '/secret/path'"), 'Files cannot be written or read'],
])('says what is wrong without a path or an address, and that it is well again (%s)', async (fails, words) => {
  const { world, health } = stage();
  world.fails = fails;
  expect(await health.fault()).toBe(words);
  world.fails = undefined;
  world.now = 3000;
  expect(await health.fault()).toBeUndefined();
});

it('does not wait for a store that says nothing', async () => {
  const health = new StorageHealth({ ping: () => new Promise(() => undefined) }, () => 0, 20);
  expect(await health.fault()).toBe('Storage does not respond');
});
