// Removes what the hub does not need at run time from a production installation.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasLicenseFile, isLicenseFile, packagesIn } from './installed-packages.mjs';

/** Optional peer dependencies that npm installs although nothing loads them. TypeScript is for the build-time plugin of @nestjs/swagger. */
const PACKAGES = new Set(['typescript']);

/** Copies of the code for browsers and bundlers, and test data. */
const FOLDERS = [
  /^@huggingface\/[^/]+\/(src|dist\/browser)$/,
  /^@opentelemetry\/[^/]+\/build\/(esm|esnext)$/,
  /^bintrees\/test$/,
  /^libphonenumber-js\/bundle$/,
  /^tldts(-core)?\/(src|dist\/es6)$/,
  /^typeorm\/browser$/,
];

/** Source maps, type declarations and documentation are nearly half of an installation. */
const FILES = /\.(map|d\.[cm]?ts|md|markdown)$/i;

const entriesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => ({
    path: join(entry.parentPath ?? entry.path, entry.name),
    isFolder: entry.isDirectory(),
    isFile: entry.isFile(),
  }));

/** The size of all files in a folder, in bytes. */
export const sizeOf = (folder) =>
  entriesOf(folder).reduce((sum, { path, isFile }) => sum + (isFile ? statSync(path).size : 0), 0);

/** A package without a license file has its license in its README. */
const isNeeded = (folder, name) => isLicenseFile(name) || (/^readme/i.test(name) && !hasLicenseFile(folder));

function pruneFiles(folder) {
  const isPackage = existsSync(join(folder, 'package.json'));
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) pruneFiles(path);
    else if (FILES.test(entry.name) && !(isPackage && isNeeded(folder, entry.name))) rmSync(path);
  }
}

/** @param nodeModules - the folder with the packages, which is changed */
export function prune(nodeModules) {
  for (const { folder, name } of packagesIn(nodeModules)) if (PACKAGES.has(name)) rmSync(folder, { recursive: true });
  const isUnused = (path) => FOLDERS.some((pattern) => pattern.test(path.slice(nodeModules.length + 1)));
  for (const { path, isFolder } of entriesOf(nodeModules))
    if (isFolder && isUnused(path)) rmSync(path, { recursive: true, force: true });
  pruneFiles(nodeModules);
}
