import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCurrent, stampOf, writeStamp } from '../../../tools/build-stamp.mjs';
import { temporaryFolder } from '../../support/temporary-folder.js';

const AN_HOUR_AGO = new Date(Date.now() - 3_600_000);
const IN_AN_HOUR = new Date(Date.now() + 3_600_000);

describe('a build', () => {
  let folder: string;
  let part: { sources: string[]; output: string };
  const at = (path: string): string => join(folder, path);

  beforeEach(async () => {
    folder = await temporaryFolder();
    part = { sources: [at('src'), at('package.json')], output: at('dist') };
    await mkdir(at('src/inner'), { recursive: true });
    await mkdir(at('dist'));
    for (const file of ['package.json', 'src/a.ts', 'src/inner/b.ts', 'dist/a.js']) await writeFile(at(file), file);
    await writeStamp(part.output, await stampOf(part.sources));
  });

  it('is current if nothing has changed, regardless of file times', async () => {
    expect(await isCurrent(part)).toBe(true);
    await utimes(at('src/a.ts'), IN_AN_HOUR, IN_AN_HOUR);
    expect(await isCurrent(part)).toBe(true);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a source has changed to content of equal length', () => writeFile(at('src/inner/b.ts'), 'src/inner/B.ts')],
    [
      'a source has changed but has an old time',
      async () => {
        await writeFile(at('package.json'), '{}');
        await utimes(at('package.json'), AN_HOUR_AGO, AN_HOUR_AGO);
      },
    ],
    ['a source was added', () => writeFile(at('src/c.ts'), '')],
    ['a source was deleted', () => rm(at('src/a.ts'))],
    ['a source was renamed', () => rename(at('src/a.ts'), at('src/d.ts'))],
    ['another program has modified it', () => utimes(at('dist/a.js'), IN_AN_HOUR, IN_AN_HOUR)],
    ['it was deleted', () => rm(at('dist'), { recursive: true })],
    ['it was interrupted', () => rm(at('dist.stamp'))],
  ])('is not current if %s', async (_, change) => {
    await change();
    expect(await isCurrent(part)).toBe(false);
  });
});
