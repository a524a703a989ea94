import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/** The entity classes of all modules, found by file name. */
export async function allEntities(): Promise<(new () => object)[]> {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.entity.ts'),
  );
  const exported: unknown[] = [];
  // one at a time, since Jest's module loader fails if two imports load the same package
  for (const file of files)
    exported.push(...Object.values((await import(pathToFileURL(join(SOURCES, file)).href)) as Record<string, unknown>));
  return exported.filter((value): value is new () => object => typeof value === 'function');
}
