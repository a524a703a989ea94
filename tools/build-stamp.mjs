// Tells whether a build is up to date. Beside each output lies a stamp: the hash of the sources it was built from.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Made by the build itself. */
const GENERATED = 'web/src/api/schema.d.ts';

const stampFile = (output) => `${output}.stamp`;

/** The files of a folder, or the file itself. */
async function filesOf(path) {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A hash of the names and contents of these files and folders. Not of their times, which a checkout changes. */
export async function stampOf(sources) {
  const files = (await Promise.all(sources.map(filesOf))).flat().filter((file) => file !== join(GENERATED));
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const content = await readFile(file);
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

export const writeStamp = (output, stamp) => writeFile(stampFile(output), `${stamp}\n`);

/** Whether the output was built from these sources as they are now, and nothing has written to it since (a watcher, for example). */
export async function isCurrent({ sources, output }) {
  try {
    if ((await readFile(stampFile(output), 'utf8')).trim() !== (await stampOf(sources))) return false;
    const built = (await stat(stampFile(output))).mtimeMs;
    const times = await Promise.all((await filesOf(output)).map(async (file) => (await stat(file)).mtimeMs));
    return times.length > 0 && times.every((time) => time <= built);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}
