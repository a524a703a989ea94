import { HubError } from '../../domain/hub-error.js';

const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 1024;
/** Control characters and lone surrogates, which not all systems can store. */
const FORBIDDEN_CHARACTERS = /[\p{Cc}\p{Cs}]/u;

/**
 * Validates a path to be written and returns its segments. It must denote a place inside the repository on every operating system:
 * relative, without `.`, `..`, `.git` or backslashes.
 *
 * @throws HubError `BadRequest`
 */
export function checkCommitPath(path: string): string[] {
  const segments = path.split('/');
  const problem = pathError(path) ?? segments.map(nameError).find((error) => error !== undefined);
  if (problem) throw new HubError('BadRequest', `The path ${JSON.stringify(path.slice(0, 200))} ${problem}`);
  return segments;
}

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
  // `git~1` is the Windows short name of `.git`.
  if (/^(?:\.git|git~1)[ .]*$/i.test(name)) return 'contains ".git", which is reserved';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `contains a name longer than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}
