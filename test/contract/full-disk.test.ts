import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../support/temporary-folder.js';

const support = (file: string): string => fileURLToPath(new URL(`../support/${file}`, import.meta.url));

/** Runs the command with a file system of 1 MiB in its own mount namespace, which does not require root. */
const onSmallDisk = (folder: string, ...command: readonly string[]) =>
  spawnSync(
    'unshare',
    ['--map-root-user', '--mount', 'sh', '-c', 'mount -t tmpfs -o size=1m none "$0" && exec "$@"', folder, ...command],
    { encoding: 'utf8' },
  );

describe('a full disk', () => {
  const canMount = onSmallDisk('/tmp', 'true').status === 0;
  if (!canMount) {
    it.skip('skipped: this system does not allow users to mount file systems (unshare --map-root-user --mount)', () => {});
    return;
  }

  it('rejects content that does not fit, leaves no part of it, and keeps other content intact', async () => {
    const folder = join(await temporaryFolder(), 'disk');
    await mkdir(folder);
    const writer = [support('typescript-hooks.mjs'), support('full-disk-writer.ts')] as const;
    const { stdout, stderr } = onSmallDisk(folder, process.execPath, '--import', ...writer, folder);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      code: 'ENOSPC',
      toCallers: 'StorageFull',
      left: [],
      kept: ['before', 'after'],
    });
  });
});
