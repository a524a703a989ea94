import { existsSync, readFileSync } from 'node:fs';
import { applyAllowList, loadAllowList } from './allow-list.mjs';
import { checkText } from './check-text.mjs';
import { listFiles } from './list-files.mjs';
import { loadRules } from './rules.mjs';

/**
 * Checks the files of a repository.
 * @param {string} root Folder of the repository, whose allow-list is used.
 * @param {string[]} paths Files and folders in it; none for all.
 * @param {string[]} [places] Only hits in these places.
 * @returns {{files: string[], hits: import('./check-text.mjs').Hit[], errors: string[]}} Errors are about the allow-list.
 */
export function runCheck(root, paths, places) {
  const files = listFiles(root, paths).filter((file) => existsSync(`${root}/${file}`));
  const rules = loadRules();
  const found = files
    .flatMap((file) => checkText(file, readFileSync(`${root}/${file}`, 'utf8'), rules))
    .filter(({ place }) => !places || places.includes(place));
  const isBelow = (path) => files.some((file) => (path.endsWith('/') ? file.startsWith(path) : file === path));
  const isChecked = (path) => !places && (paths.length === 0 || isBelow(path));
  return { files, ...applyAllowList(found, loadAllowList(root), isChecked) };
}
