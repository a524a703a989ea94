// The packages in a node_modules folder, for the tools that prepare the container image.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LICENSE_FILE = /^(licen[cs]e|notice|copying|third[-_]?party)/i;

/** Whether a file of a package contains its license or notices. */
export const isLicenseFile = (name) => LICENSE_FILE.test(name);

/** Whether a package has such a file. */
export const hasLicenseFile = (folder) => readdirSync(folder).some(isLicenseFile);

const childrenOf = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.name.startsWith('@') ? readdirSync(path).map((name) => join(path, name)) : [path];
    });

/**
 * All packages in a node_modules folder, including nested ones, sorted by name and version.
 * @returns {{ folder: string, name: string, version: string, manifest: Record<string, any> }[]}
 */
export function packagesIn(nodeModules) {
  const found = childrenOf(nodeModules).flatMap((folder) => {
    if (!existsSync(join(folder, 'package.json'))) return [];
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const nested = join(folder, 'node_modules');
    const own = { folder, name: manifest.name, version: manifest.version, manifest };
    return [own, ...(existsSync(nested) ? packagesIn(nested) : [])];
  });
  const key = ({ name, version }) => `${name}@${version}`;
  return found.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
