// The licenses of all third-party code in the image.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLicenseFile, packagesIn } from './installed-packages.mjs';

const HEAD = `Third-party notices

Hubfall itself is licensed under Apache-2.0 (see LICENSE). This image also contains the following packages, each under its own license.
The first part lists the packages that the hub loads, the second part those that are built into its web pages. The licenses of Debian and
Node.js, on which the image is based, are in /usr/share/doc and /usr/local/LICENSE.`;

const RULE = '-'.repeat(80);

const licenseOf = ({ license, licenses }) =>
  [license ?? licenses ?? 'see its README']
    .flat()
    .map((entry) => entry.type ?? entry)
    .join(' OR ');

const authorOf = ({ author }) => (typeof author === 'string' ? author : author?.name);

const addressOf = ({ repository, homepage }) =>
  (typeof repository === 'string' ? repository : repository?.url) ?? homepage;

const textsOf = (folder) =>
  readdirSync(folder)
    .filter(isLicenseFile)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim());

function describe({ folder, name, version, manifest }) {
  const lines = [`${name} ${version}`, `License: ${licenseOf(manifest)}`];
  const [author, address] = [authorOf(manifest), addressOf(manifest)];
  if (author) lines.push(`Author: ${author}`);
  if (address) lines.push(`Source: ${address}`);
  const texts = textsOf(folder);
  if (texts.length === 0) lines.push('The package has no license file. Its README in the image has details.');
  return { head: lines.join('\n'), text: texts.join('\n\n') };
}

/** Packages with the same text, such as those of one project, share it. */
function shareTexts(notices) {
  const heads = new Map();
  for (const { head, text } of notices) heads.set(text, [...(heads.get(text) ?? []), head]);
  return [...heads].map(([text, list]) => `${RULE}\n${list.join('\n\n')}\n\n${text}`.trimEnd());
}

/**
 * @param nodeModules - a production installation, before it is pruned
 * @param licensesOfPages - the list that Vite writes about the packages inside the web pages
 * @returns the text of the notices
 */
export function notices(nodeModules, licensesOfPages) {
  const parts = [HEAD, ...shareTexts(packagesIn(nodeModules).map(describe)), `${RULE}\nIn the web pages`];
  return `${parts.join('\n\n')}\n\n${licensesOfPages.trim()}\n`;
}
