/** One step of a pattern. It matches one byte of a set, any number of bytes of a set, or any number of folders. */
type Step =
  { readonly kind: 'one' | 'many'; readonly accepts: (byte: number) => boolean } | { readonly kind: 'folders' };

const SLASH = 0x2f;

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\0-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[\x21-\x7e]/,
  lower: /[a-z]/,
  print: /[\x20-\x7e]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

const anyByte = (): boolean => true;
const notSlash = (byte: number): boolean => byte !== SLASH;

/**
 * A `.gitattributes` pattern with git's semantics (gitignore(5), gitattributes(5)). A pattern without a slash matches a file name in
 * any folder below; other patterns match the path relative to the attribute file's folder. A pattern that ends in a slash matches
 * folders, which have no attributes. As in git, matching compares bytes, so that `?` matches half of an `é`.
 *
 * Matching follows all alternatives in parallel (see `matchGlob`), so that no pattern can cause backtracking.
 */
export class GitPattern {
  private readonly steps: readonly Step[];
  private readonly matchesPath: boolean;
  private readonly matchesFolders: boolean;

  constructor(pattern: string) {
    this.matchesFolders = pattern.endsWith('/');
    this.matchesPath = pattern.includes('/');
    this.steps = stepsOf(toLatin1(pattern.replace(/^\//, '')), this.matchesPath);
  }

  /** @param path - path of a file, relative to the folder of the attribute file */
  matches(path: string): boolean {
    if (this.matchesFolders) return false;
    return matchesSteps(this.steps, Buffer.from(this.matchesPath ? path : path.slice(path.lastIndexOf('/') + 1)));
  }
}

const toLatin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** @param path - whether the pattern matches a path, so that wildcards do not match slashes */
function stepsOf(pattern: string, path: boolean): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length;) {
    const { length, step } = stepAt(pattern, at, path);
    steps.push(step);
    at += length;
  }
  return steps;
}

function stepAt(pattern: string, at: number, path: boolean): { length: number; step: Step } {
  const character = pattern[at]!;
  if (character === '*') return starStep(pattern, at, path);
  if (character === '?') return { length: 1, step: { kind: 'one', accepts: path ? notSlash : anyByte } };
  if (character === '[') return bracketStep(pattern, at, path);
  const escapes = character === '\\';
  const literal = escapes ? pattern.charCodeAt(at + 1) || -1 : character.charCodeAt(0);
  return { length: escapes ? 2 : 1, step: { kind: 'one', accepts: (byte) => byte === literal } };
}

/** `**` matches folders only between slashes or at either end of the pattern. */
function starStep(pattern: string, at: number, path: boolean): { length: number; step: Step } {
  const { length } = /^\*+/.exec(pattern.slice(at))![0];
  const before = at === 0 || pattern[at - 1] === '/';
  const after = pattern[at + length];
  const bounded = length >= 2 && before && (after === undefined || after === '/');
  if (path && bounded && after === '/') return { length: length + 1, step: { kind: 'folders' } };
  return { length, step: { kind: 'many', accepts: path && !bounded ? notSlash : anyByte } };
}

/** Parses `[a-z]`, `[!…]` or `[[:digit:]]`. An unclosed bracket matches nothing. */
function bracketStep(pattern: string, at: number, path: boolean): { length: number; step: Step } {
  const found = /^\[([!^]?)(\]?(?:\[:[a-z]+:\]|\\[^]|[^\]\\])*)\]/.exec(pattern.slice(at));
  if (!found) return { length: pattern.length - at, step: { kind: 'one', accepts: () => false } };
  const [whole, not, members] = found as unknown as [string, string, string];
  const tests = membersOf(members);
  const accepts = (byte: number): boolean =>
    !(path && byte === SLASH) && tests.some((test) => test(byte)) === (not === '');
  return { length: whole.length, step: { kind: 'one', accepts } };
}

function membersOf(members: string): ((byte: number) => boolean)[] {
  const tokens = members.match(/\[:[a-z]+:\]|\\[^]|[^]/g) ?? [];
  const tests: ((byte: number) => boolean)[] = [];
  const code = (token: string): number => token.charCodeAt(token.length - 1);
  for (let n = 0; n < tokens.length; n += 1) {
    const token = tokens[n]!;
    const until = tokens[n + 1] === '-' ? tokens[n + 2] : undefined;
    if (token.startsWith('[:')) {
      const named = CLASSES[token.slice(2, -2)];
      tests.push((byte) => named?.test(String.fromCharCode(byte)) ?? false);
    } else if (until !== undefined) {
      tests.push((byte) => code(token) <= byte && byte <= code(until));
      n += 2;
    } else tests.push((byte) => byte === code(token));
  }
  return tests;
}

function matchesSteps(steps: readonly Step[], text: Uint8Array): boolean {
  // The positions reached after each byte. A folder step can be skipped, or left at any slash.
  let reached = withSkipped(steps, new Set([0]));
  let inFolders = new Set<number>();
  for (const byte of text) {
    const next = new Set<number>();
    const stillInFolders = new Set(inFolders);
    for (const at of reached) {
      const step = steps[at];
      if (step?.kind === 'folders') stillInFolders.add(at);
      else if (step?.accepts(byte)) next.add(step.kind === 'many' ? at : at + 1);
    }
    if (byte === SLASH) for (const at of stillInFolders) next.add(at + 1);
    inFolders = stillInFolders;
    reached = withSkipped(steps, next);
  }
  return reached.has(steps.length);
}

/** Adds the positions after steps that can match an empty string. Iterating a set includes elements added during the iteration. */
function withSkipped(steps: readonly Step[], reached: Set<number>): Set<number> {
  for (const at of reached) if (at < steps.length && steps[at]!.kind !== 'one') reached.add(at + 1);
  return reached;
}
