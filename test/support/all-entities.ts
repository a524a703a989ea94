import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/** The entity classes of all modules, found by file name. */
export async function allEntities(): Promise<(new () => object)[]> {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.entity.ts'),
  );
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(join(SOURCES, file)).href)));
  return modules
    .flatMap((module) => Object.values(module as Record<string, unknown>))
    .filter((value): value is new () => object => typeof value === 'function');
}
