import { PatternMatcher, SLASH, type PatternStep, type StepBudget } from '../../domain/pattern-matcher.js';
import { parseBracket } from './git-bracket.js';

/** A path as git compares it: in bytes, so that `?` matches half of an `é`. */
export interface GitPath {
  readonly bytes: Buffer;
  /** The last segment. */
  readonly name: Buffer;
  readonly isFolder: boolean;
}

export function gitPath(path: string, isFolder = false): GitPath {
  const bytes = Buffer.from(path);
  return { bytes, name: bytes.subarray(bytes.lastIndexOf(SLASH) + 1), isFolder };
}

const anyByte = (): boolean => true;
const notSlash = (byte: number): boolean => byte !== SLASH;

/** The characters that end the literal part of a pattern (git's `simple_length`). */
const SPECIAL = /[*?[\\]/;

/**
 * A pattern of `.gitignore` or `.gitattributes` with git's semantics (gitignore(5); dir.c and wildmatch.c of git). A pattern without a slash
 * matches a name in any folder below; other patterns match the path relative to the folder of the file. A trailing slash restricts it to
 * folders.
 */
export class GitPattern {
  private readonly matchesFoldersOnly: boolean;
  private readonly matchesName: boolean;
  /** The text before the first wildcard. */
  private readonly prefix: Buffer;
  /** The text after a star that is the only wildcard, in a pattern of names. */
  private readonly suffix: Buffer | undefined;
  /** Matches what follows the prefix; undefined for a pattern without wildcards. */
  private readonly matcher: PatternMatcher | undefined;

  constructor(pattern: string) {
    this.matchesFoldersOnly = pattern.endsWith('/');
    const body = this.matchesFoldersOnly ? pattern.slice(0, -1) : pattern;
    this.matchesName = !body.includes('/');
    const relative = body.replace(/^\//, '');
    const special = relative.search(SPECIAL);
    this.prefix = Buffer.from(special < 0 ? relative : relative.slice(0, special));
    const rest = special < 0 ? '' : relative.slice(special);
    const hasOnlyOneStar = this.matchesName && special === 0 && rest.startsWith('*') && !SPECIAL.test(rest.slice(1));
    this.suffix = hasOnlyOneStar ? Buffer.from(rest.slice(1)) : undefined;
    if (special >= 0 && !hasOnlyOneStar)
      this.matcher = new PatternMatcher(stepsOf(Buffer.from(rest).toString('latin1'), !this.matchesName));
  }

  /**
   * @param path - relative to the folder of the file with the pattern
   * @throws HubError as `StepBudget.spend`
   */
  matches({ bytes, name, isFolder }: GitPath, budget: StepBudget): boolean {
    budget.spend(1);
    if (this.matchesFoldersOnly && !isFolder) return false;
    const text = this.matchesName ? name : bytes;
    if (this.suffix) return endsWith(text, this.suffix);
    const { length } = this.prefix;
    if (text.length < length || text.compare(this.prefix, 0, length, 0, length) !== 0) return false;
    const rest = text.subarray(length);
    return this.matcher ? this.matcher.matches(rest, budget) : rest.length === 0;
  }
}

const endsWith = (text: Buffer, suffix: Buffer): boolean =>
  text.length >= suffix.length && text.compare(suffix, 0, suffix.length, text.length - suffix.length) === 0;

/** @param path - whether the pattern matches a path, so that wildcards do not match slashes */
function stepsOf(pattern: string, path: boolean): PatternStep[] {
  const steps: PatternStep[] = [];
  for (let at = 0; at < pattern.length;) {
    const { length, step } = stepAt(pattern, at, path);
    steps.push(step);
    at += length;
  }
  return steps;
}

function stepAt(pattern: string, at: number, path: boolean): { readonly length: number; readonly step: PatternStep } {
  const character = pattern[at]!;
  if (character === '*') return starStep(pattern, at, path);
  if (character === '?') return { length: 1, step: { kind: 'one', accepts: path ? notSlash : anyByte } };
  if (character === '[') {
    const { end, accepts } = parseBracket(pattern, at);
    return { length: end - at, step: { kind: 'one', accepts: (byte) => !(path && byte === SLASH) && accepts(byte) } };
  }
  const escapes = character === '\\';
  const symbol = escapes ? pattern.charCodeAt(at + 1) || -1 : character.charCodeAt(0);
  return { length: escapes ? 2 : 1, step: { kind: 'literal', symbol } };
}

/** `**` matches folders only between slashes or at either end of the pattern. */
function starStep(pattern: string, at: number, path: boolean): { readonly length: number; readonly step: PatternStep } {
  let end = at;
  while (pattern[end] === '*') end += 1;
  const isAfterSlash = at === 0 || pattern[at - 1] === '/';
  const isBeforeSlash = end === pattern.length || pattern[end] === '/' || pattern.startsWith('\\/', end);
  const matchesSlashes = !path || (end - at >= 2 && isAfterSlash && isBeforeSlash);
  if (path && matchesSlashes && pattern[end] === '/') return { length: end + 1 - at, step: { kind: 'folders' } };
  return { length: end - at, step: { kind: 'many', accepts: matchesSlashes ? anyByte : notSlash } };
}
