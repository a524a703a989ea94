import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MIGRATIONS } from './migrations/migrations.js';

/** The parts of an image: the files of the database, and the versions that they were built with. */
const FILES = 'pgdata';
const MANIFEST = 'image.json';

/** The image of the build, `dist/database`. Undefined if the program runs from its TypeScript sources. */
export function builtImage(): string | undefined {
  const url = import.meta.url;
  return url.includes('/dist/src/') ? fileURLToPath(new URL('../../../database', url)) : undefined;
}

/** The versions that an image depends on: another PGlite may have another format, other migrations another schema. */
async function manifest(): Promise<string> {
  const pglite = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(await readFile(join(dirname(pglite), '../package.json'), 'utf8')) as Record<
    string,
    string
  >;
  return JSON.stringify({ pglite: version, migrations: MIGRATIONS.map(({ name }) => name) });
}

/** Turns the files of a migrated, closed database into an image. Every user can read it, since a container may run as another user than the build. */
export async function sealImage(pgdata: string, image: string): Promise<void> {
  await rm(image, { recursive: true, force: true });
  await mkdir(image, { recursive: true });
  await copyFolder(pgdata, join(image, FILES), 0o644);
  await writeFile(join(image, MANIFEST), await manifest());
}

/**
 * Copies the image to `pgdata`, which must not exist or be empty. If copying fails, `pgdata` is unchanged.
 * @returns whether there is an image that this program can use
 */
export async function copyImage(image: string, pgdata: string): Promise<boolean> {
  const found = await readFile(join(image, MANIFEST), 'utf8').catch(() => undefined);
  if (found === undefined || found !== (await manifest())) return false;
  const draft = `${pgdata}.new`;
  await rm(draft, { recursive: true, force: true });
  await copyFolder(join(image, FILES), draft);
  await chmod(draft, 0o700);
  await rename(draft, pgdata);
  return true;
}

async function copyFolder(from: string, to: string, mode?: number): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const paths = (wanted: 'isDirectory' | 'isFile'): string[] =>
    entries.filter((entry) => entry[wanted]()).map(({ parentPath, name }) => join(parentPath, name).slice(from.length));
  for (const folder of ['', ...paths('isDirectory')]) await mkdir(join(to, folder));
  const copy = async (file: string): Promise<void> => {
    await copyFile(join(from, file), join(to, file));
    if (mode !== undefined) await chmod(join(to, file), mode);
  };
  await Promise.all(paths('isFile').map(copy));
}
