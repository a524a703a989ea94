import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { CANNOT_MOUNT, canMount, onMountedDisk } from '../support/mounted-disk.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const support = (file: string): string => fileURLToPath(new URL(`../support/${file}`, import.meta.url));

describe('a full disk', () => {
  if (!canMount()) {
    it.skip(CANNOT_MOUNT, () => {});
    return;
  }

  it('rejects content that does not fit, leaves no part of it, and keeps other content intact', async () => {
    const folder = join(await temporaryFolder(), 'disk');
    await mkdir(folder);
    const writer = [support('typescript-hooks.mjs'), support('full-disk-writer.ts')] as const;
    const { stdout, stderr } = onMountedDisk('size=1m', folder, [process.execPath, '--import', ...writer, folder]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      codes: ['ENOSPC', 'ENOSPC'],
      toCallers: 'StorageFull',
      left: [],
      kept: ['before', 'after'],
    });
  });
});
