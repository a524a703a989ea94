import { HubError } from '../../domain/hub-error.js';

/** The branch that a repository is born with, and that `HEAD` means. */
export const DEFAULT_BRANCH = 'main';

const BRANCHES = 'refs/heads/';
const TAGS = 'refs/tags/';
const LONGEST_NAME = 255;

/** What git itself refuses in a ref's name (git-check-ref-format), besides empty and dotted segments. */
const FORBIDDEN = /[\p{Cc}\p{Cs} ~^:?*[\\]|\.\.|@\{/u;

export const branchRef = (name: string): string => BRANCHES + name;
export const tagRef = (name: string): string => TAGS + name;

/** The name as people say it: `refs/heads/x` is `x`. */
export function shortRefName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags|convert|pr)\//, '');
}

/** The refs that a revision may mean, the likeliest first. A branch wins over a tag of the same name. */
export function refsOfRevision(revision: string): string[] {
  if (revision === 'HEAD') return [branchRef(DEFAULT_BRANCH)];
  return revision.startsWith('refs/') ? [revision] : [branchRef(revision), tagRef(revision)];
}

/**
 * May a branch or tag be called so? Names that would be read as something else (`HEAD`, `refs/…`, a commit id) may not.
 * @throws HubError BadRequest
 */
export function checkRefName(name: string): void {
  const segments = name.split('/');
  const wrong =
    FORBIDDEN.test(name) ||
    segments.some((segment) => segment === '' || segment.startsWith('.') || segment.endsWith('.lock')) ||
    /^(?:HEAD|@|-.*|refs\/.*|.*\.|[0-9a-f]{40})$/.test(name) ||
    Buffer.byteLength(name) > LONGEST_NAME;
  if (wrong) throw new HubError('BadRequest', `${JSON.stringify(name.slice(0, 200))} cannot name a branch or tag`);
}

/** Would one of the names be a folder of the other? Git keeps no `a` beside `a/b`, and readers of raw slashes could not tell. */
export const refNamesClash = (a: string, b: string): boolean => a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
