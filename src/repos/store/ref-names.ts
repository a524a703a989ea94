import { HubError } from '../../domain/hub-error.js';
import { escapeInvisible, findInvisibleCharacter } from '../../domain/invisible-characters.js';

/** The default branch of every repository; `HEAD` refers to it. */
export const DEFAULT_BRANCH = 'main';

const BRANCH_PREFIX = 'refs/heads/';
const TAG_PREFIX = 'refs/tags/';
const MAX_NAME_BYTES = 255;
/** Git writes a ref to a file with `.lock` after its name; file systems allow 255 bytes. */
const MAX_SEGMENT_BYTES = 250;

/** Characters and sequences that git forbids in ref names (git-check-ref-format). Empty and dotted segments are checked separately. */
const FORBIDDEN = /[\p{Cc}\p{Cs} ~^:?*[\\]|\.\.|@\{/u;

export const branchRef = (name: string): string => BRANCH_PREFIX + name;
export const tagRef = (name: string): string => TAG_PREFIX + name;

/** The short name of a ref: `refs/heads/x` becomes `x`. */
export function shortRefName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags|convert|pr)\//, '');
}

/** The refs that a revision may denote, in order of precedence: a branch takes precedence over a tag of the same name. */
export function refsOfRevision(revision: string): string[] {
  if (revision === 'HEAD') return [branchRef(DEFAULT_BRANCH)];
  return revision.startsWith('refs/') ? [revision] : [branchRef(revision), tagRef(revision)];
}

/**
 * Validates the name of a new branch or tag.
 *
 * @throws HubError `BadRequest` as `checkRefName`, and for a name with invisible characters or one that git cannot store as a file
 */
export function checkNewRefName(name: string): void {
  checkRefName(name);
  const found = findInvisibleCharacter(name);
  if (found !== undefined) throw invalidName(name, ` contains the invisible character ${found}`);
  const isTooLong = name.split('/').some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES);
  if (isTooLong) throw invalidName(name, ` has a part that is longer than ${MAX_SEGMENT_BYTES} bytes`);
}

/**
 * Validates a branch or tag name by git's rules. Names that would be read as something else (`HEAD`, `refs/…`, a commit id) are rejected.
 *
 * @throws HubError `BadRequest`
 */
export function checkRefName(name: string): void {
  const segments = name.split('/');
  const isInvalid =
    FORBIDDEN.test(name) ||
    segments.some((segment) => segment === '' || segment.startsWith('.') || segment.endsWith('.lock')) ||
    /^(?:HEAD|@|-.*|refs\/.*|.*\.|[0-9a-f]{40})$/.test(name) ||
    Buffer.byteLength(name) > MAX_NAME_BYTES;
  if (isInvalid) throw invalidName(name);
}

function invalidName(name: string, reason = ''): HubError {
  const quoted = escapeInvisible(JSON.stringify(name.slice(0, 200)));
  return new HubError('BadRequest', `Invalid reference for a branch or tag: ${quoted}${reason}`);
}

/** Whether one name would be a folder of the other. Git cannot store both `a` and `a/b`, and a URL with raw slashes would be ambiguous. */
export const refNamesClash = (a: string, b: string): boolean => a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
