import { parseGitConfig, type GitSetting } from './git-config.js';

/**
 * The reason why `git fsck` rejects a `.gitmodules` file; `undefined` if the file is valid. Its settings become arguments and paths of commands on the
 * machines that clone the repository (git's fsck.c and submodule-config.c). The message continues the sentence "the file …".
 *
 * @param text - the bytes of the file as Latin-1
 */
export function gitmodulesError(text: string): string | undefined {
  try {
    return parseGitConfig(text)
      .map(settingError)
      .find((error) => error !== undefined);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function settingError({ section, subsection, key, value = '' }: GitSetting): string | undefined {
  if (section !== 'submodule' || subsection === undefined) return undefined;
  if (!isSubmoduleName(subsection)) return `has the submodule name ${JSON.stringify(subsection)}, which git rejects`;
  const isRejected =
    (key === 'url' && !isSubmoduleUrl(value)) ||
    (key === 'path' && value.startsWith('-')) ||
    (key === 'update' && value.startsWith('!'));
  return isRejected ? `has the submodule ${key} ${JSON.stringify(value.slice(0, 200))}, which git rejects` : undefined;
}

/** The name is a path below `.git/modules`. */
const isSubmoduleName = (name: string): boolean => name !== '' && !name.split(/[/\\]/).includes('..');

function isSubmoduleUrl(url: string): boolean {
  if (url.startsWith('-')) return false; // would be an option of a command
  if (/^(?:\.{1,2}[/\\]|git:\/\/)/.test(url)) return !hasEncodedLineEnd(url) && !leavesHost(url);
  const [, helper, address = ''] = /^((?:https?|ftps?)::)?(.*)$/s.exec(url) ?? [];
  const isFetchedByCurl = helper !== undefined || /^(?:https?|ftps?):\/\//.test(url);
  return !isFetchedByCurl || (isWellFormed(address) && !hasEncodedLineEnd(address));
}

/** Line ends would inject fields into the protocol of credential helpers. */
const hasEncodedLineEnd = (url: string): boolean => /\n|%0a/i.test(url);

/** Relative to the repository's URL, `../:` and `..//` would replace the host. */
function leavesHost(url: string): boolean {
  const [dots = ''] = /^(?:\.{1,2}[/\\])+/.exec(url) ?? [];
  return dots.includes('..') && /^[:/]/.test(url.slice(dots.length));
}

const WELL_FORMED_URL =
  /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::(?<port>\d*))?(?<path>(?:\/[^?#]*)?)(?:[?#].*)?$/is;

/** Whether git can normalize the URL: it has a host, a valid port, valid escapes, and no `..` above its root. */
function isWellFormed(url: string): boolean {
  const { port, path } = WELL_FORMED_URL.exec(url)?.groups ?? {};
  if (path === undefined || /%(?![0-9a-f]{2})/i.test(url)) return false;
  const hasValidPort = !port || (Number(port) >= 1 && Number(port) <= 65_535);
  return hasValidPort && staysBelowRoot(path.split('/').slice(1));
}

function staysBelowRoot(segments: readonly string[]): boolean {
  let depth = 0;
  for (const segment of segments.map((encoded) => encoded.replaceAll(/%2e/gi, '.'))) {
    if (segment === '..') depth -= 1;
    else if (segment !== '.') depth += 1;
    if (depth < 0) return false;
  }
  return true;
}
