import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { SpoolDirectory } from '../../../src/platform/storage/spool.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

it('a spool returns what was written, any number of times, and leaves no file behind', async () => {
  const folder = join(await temporaryFolder(), 'incoming');
  const spool = await new SpoolDirectory(folder).open();
  const pieces = [randomBytes(300_000), Buffer.alloc(0), randomBytes(1), randomBytes(400_000)];
  for (const piece of pieces) await spool.write(piece);
  expect(await readdir(folder)).toEqual([]);
  for (const _attempt of [1, 2]) expect((await buffer(spool.read())).equals(Buffer.concat(pieces))).toBe(true);
  await spool.close();
  await expect(buffer(spool.read())).rejects.toThrow();
});

it('an empty spool returns nothing', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'incoming'));
  const spool = await new SpoolDirectory(join(folder, 'incoming')).open();
  expect(await buffer(spool.read())).toHaveLength(0);
  await spool.close();
});
