import { HubError } from '../../domain/hub-error.js';
import { escapeInvisible, findInvisibleCharacter } from '../../domain/invisible-characters.js';
import { isGitattributesAlias, isGitFolderAlias, isGitmodulesAlias } from '../../domain/git-aliases.js';

const MAX_NAME_BYTES = 255;
/** Length of a path. */
export const MAX_PATH_BYTES = 1024;
const MAX_QUOTED_LENGTH = 200;
/** Control characters and lone surrogates, which not all systems can store. */
const FORBIDDEN_CHARACTERS = /[\p{Cc}\p{Cs}]/u;

/**
 * Validates the path of a file to be written and returns its segments. It must denote a place inside the repository on every operating
 * system, pass git's own rules (`verify_path` and `git fsck`), and be readable as it is.
 *
 * @throws HubError `BadRequest`
 */
export function checkCommitPath(path: string): string[] {
  const segments = checkExistingPath(path);
  const folders = segments.slice(0, -1);
  const problem = firstError(segments, reservedNameError) ?? firstError(folders, folderError) ?? invisibleError(path);
  if (problem !== undefined) throw pathProblem(path, problem);
  return segments;
}

/**
 * Validates the path of something to be deleted and returns its segments. Names that are no longer allowed can be deleted.
 *
 * @throws HubError `BadRequest`
 */
export function checkExistingPath(path: string): string[] {
  const segments = path.split('/');
  const problem = pathError(path) ?? firstError(segments, nameError);
  if (problem !== undefined) throw pathProblem(path, problem);
  return segments;
}

/** A path in quotes for an error message, without characters that would change how the message is displayed. */
export const quotePath = (path: string): string => escapeInvisible(JSON.stringify(path.slice(0, MAX_QUOTED_LENGTH)));

const pathProblem = (path: string, problem: string): HubError =>
  new HubError('BadRequest', `The path ${quotePath(path)} ${problem}`);

const firstError = (names: readonly string[], check: (name: string) => string | undefined): string | undefined =>
  names.map(check).find((error) => error !== undefined);

function pathError(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.startsWith('/')) return 'is absolute; paths must be relative to the repository';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `is longer than ${MAX_PATH_BYTES} bytes`;
  if (path.includes('\\')) return 'contains a backslash; use "/" to separate folders';
  if (FORBIDDEN_CHARACTERS.test(path)) return 'contains a control character or an invalid Unicode character';
  return undefined;
}

function nameError(name: string): string | undefined {
  if (name === '') return 'contains an empty segment';
  if (name === '.' || name === '..') return `contains the segment "${name}"`;
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `contains a name longer than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}

function reservedNameError(name: string): string | undefined {
  if (!isGitFolderAlias(name)) return undefined;
  if (name.toLowerCase() === '.git') return 'contains ".git", which is reserved';
  return `contains ${quotePath(name)}, which some file systems treat as ".git"`;
}

/** Git reads these names as files; `git fsck` rejects folders. */
const folderError = (name: string): string | undefined =>
  isGitmodulesAlias(name) || isGitattributesAlias(name)
    ? `contains the folder ${quotePath(name)}, which git reads as a file`
    : undefined;

function invisibleError(path: string): string | undefined {
  const found = findInvisibleCharacter(path);
  return found === undefined ? undefined : `contains the invisible character ${found}`;
}
