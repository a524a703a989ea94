import { execFileSync } from 'node:child_process';

const IGNORED = [
  /^LICENSE$/,
  /^CHANGELOG\.md$/,
  /(?:^|\/)package-lock\.json$/,
  /^test\/(?:support\/)?fixtures\//,
  /^tools\/wording\/.*\.yaml$/,
  /^test\/unit\/tools\/check-wording/,
  /\.(?:png|jpe?g|gif|webp|ico|svg|parquet|woff2?|gz|zip|bin)$/,
];

/**
 * Files to check: tracked and untracked ones, without ignored, generated and binary files.
 * @param {string} root Folder of the repository.
 * @param {string[]} paths Files and folders in it; none for all.
 * @returns {string[]} Paths relative to the root.
 */
export function listFiles(root, paths) {
  const options = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...paths];
  const output = execFileSync('git', options, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return output.split('\0').filter((file) => file && !IGNORED.some((pattern) => pattern.test(file)));
}
