import { spawnSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { DataDirInUseError } from '../../../src/platform/database/data-dir-in-use.js';
import { lockDataDir, type Unlock } from '../../../src/platform/database/data-dir-lock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** Acquires the lock in another process, which is killed before it releases the lock. */
function crashWithLock(dir: string): void {
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  expect(spawnSync(process.execPath, ['-e', script, join(dir, '.hubfall.lock')]).signal).toBe('SIGKILL');
}

it.each([1, 2, 3, 4])('the lock of a crashed process is acquired by only one of 30 callers (round %s)', async () => {
  const dir = await temporaryFolder();
  crashWithLock(dir);
  expect(await readdir(dir)).toEqual(['.hubfall.lock']);
  const all = await Promise.allSettled(Array.from({ length: 30 }, () => lockDataDir(dir)));
  const held = all.filter((result): result is PromiseFulfilledResult<Unlock> => result.status === 'fulfilled');
  const refused = all.filter((result): result is PromiseRejectedResult => result.status === 'rejected');
  expect(held).toHaveLength(1);
  expect(refused.every(({ reason }) => reason instanceof DataDirInUseError)).toBe(true);
  await held[0]!.value();
  expect(await readdir(dir)).toEqual([]);
});

it('supports a folder whose path is too long for a socket', async () => {
  const dir = join(await temporaryFolder(), 'n'.repeat(120));
  await mkdir(dir);
  const unlock = await lockDataDir(dir);
  await expect(lockDataDir(dir)).rejects.toThrow(DataDirInUseError);
  await unlock();
  const unlockAgain = await lockDataDir(dir);
  await unlockAgain();
});
