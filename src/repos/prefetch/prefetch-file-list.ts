import { globMatcher } from '../../domain/match-glob.js';
import { StepBudget } from '../../domain/pattern-matcher.js';

/** A file in a tree. */
export interface TreeFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256 of a large file, git id of another one. */
  readonly etag: string;
}

/** Far above what patterns and paths need in practice. */
const MAX_STEPS = 2_000_000;

/** The files in a reply about a tree. Folders are left out. */
export function filesOfTree(entries: readonly unknown[]): TreeFile[] {
  return entries.flatMap((entry) => {
    const { type, path, size, oid, lfs } = entry as Readonly<Record<string, unknown>>;
    if (type !== 'file' || typeof path !== 'string' || !Number.isSafeInteger(size)) return [];
    const { oid: sha256 } = (lfs ?? {}) as { readonly oid?: unknown };
    return [{ path, size: size as number, etag: String(sha256 ?? oid ?? '') }];
  });
}

/**
 * Selects the paths that match a pattern; all without patterns. A pattern without a slash is compared with the name of the file in any folder.
 * @throws HubError `BadRequest` if the patterns take too long to match
 */
export function pathFilter(patterns: readonly string[] | undefined): (path: string) => boolean {
  if (!patterns || patterns.length === 0) return () => true;
  const compiled = patterns.map((pattern) => ({ isName: !pattern.includes('/'), matches: globMatcher(pattern) }));
  return (path) => {
    const budget = new StepBudget(MAX_STEPS);
    const name = path.slice(path.lastIndexOf('/') + 1);
    return compiled.some(({ isName, matches }) => matches(isName ? name : path, budget));
  };
}
