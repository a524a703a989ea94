import { HubError } from '../../domain/hub-error.js';

const LONGEST_NAME = 255;
const LONGEST_PATH = 1024;
/** Control characters and lone surrogates: names that could not be written back as they came. */
const UNWRITABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * The segments of a path that somebody wants to write. It must name a place inside the repository on every system that may check it
 * out: relative, without `.`, `..`, `.git` or backslashes.
 * @throws HubError BadRequest
 */
export function checkCommitPath(path: string): string[] {
  const segments = path.split('/');
  const fault = pathFault(path) ?? segments.map(nameFault).find((found) => found !== undefined);
  if (fault) throw new HubError('BadRequest', `The path ${JSON.stringify(path.slice(0, 200))} ${fault}`);
  return segments;
}

function pathFault(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.startsWith('/')) return 'is absolute; paths are relative to the repository';
  if (Buffer.byteLength(path) > LONGEST_PATH) return `is longer than ${LONGEST_PATH} bytes`;
  if (path.includes('\\')) return 'contains a backslash; folders are separated by "/"';
  if (UNWRITABLE.test(path)) return 'contains a control character or half of a character';
  return undefined;
}

function nameFault(name: string): string | undefined {
  if (name === '') return 'has an empty segment';
  if (name === '.' || name === '..') return `has the segment "${name}"`;
  // `git~1` is what Windows calls the same folder
  if (/^(?:\.git|git~1)[ .]*$/i.test(name)) return 'enters ".git"';
  if (Buffer.byteLength(name) > LONGEST_NAME) return `has a name longer than ${LONGEST_NAME} bytes`;
  return undefined;
}
