import { expect, it } from '@jest/globals';
import { HubError } from '../../../../src/domain/hub-error.js';
import { StorageHealth } from '../../../../src/platform/storage/storage-health.js';

function stage() {
  const state = { now: 0, pings: 0, error: undefined as Error | undefined };
  const ping = async (): Promise<void> => {
    state.pings += 1;
    if (state.error) throw state.error;
  };
  return { state, health: new StorageHealth({ ping, admit: () => undefined }, () => state.now) };
}

it('pings storage at most once in three seconds', async () => {
  const { state, health } = stage();
  await Promise.all([health.findProblem(), health.findProblem()]);
  state.now = 2999;
  await health.findProblem();
  expect(state.pings).toBe(1);
  state.now = 3000;
  await health.findProblem();
  expect(state.pings).toBe(2);
});

it.each([
  [new HubError('StorageUnavailable', 'The storage bucket does not exist'), 'The storage bucket does not exist'],
  [new Error("EACCES: permission denied, open '/secret/path'"), 'Files cannot be written or read'],
])('reports a failure without paths or addresses, and the recovery: %s', async (error, message) => {
  const { state, health } = stage();
  state.error = error;
  expect(await health.findProblem()).toBe(message);
  state.error = undefined;
  state.now = 3000;
  expect(await health.findProblem()).toBeUndefined();
});

it.each(['ENOSPC', 'EDQUOT'])('is available while the disk is full, which is reported by itself: %s', async (code) => {
  const { state, health } = stage();
  state.error = Object.assign(new Error('write failed'), { code });
  expect(await health.findProblem()).toBeUndefined();
  expect(await health.findFullDisk()).toMatch(/^The disk of the data directory is full/);
  state.error = undefined;
  state.now = 1000;
  expect(await health.findFullDisk()).toBeUndefined();
});

it('reports a store that does not respond', async () => {
  const health = new StorageHealth({ ping: () => new Promise(() => undefined), admit: () => undefined }, () => 0, 20);
  expect(await health.findProblem()).toBe('Storage does not respond');
});
