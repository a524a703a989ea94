/** One step of a pattern over bytes: one byte out of a set, any number of them, or any number of folders. */
type Step = { readonly kind: 'one' | 'many'; readonly takes: (byte: number) => boolean } | { readonly kind: 'folders' };

const SLASH = 0x2f;

const CLASSES: Readonly<Record<string, RegExp>> = {
  ...{ alnum: /[A-Za-z0-9]/, alpha: /[A-Za-z]/, blank: /[ \t]/, cntrl: /[\0-\x1f\x7f]/, digit: /[0-9]/ },
  ...{ graph: /[\x21-\x7e]/, lower: /[a-z]/, print: /[\x20-\x7e]/, punct: /[!-/:-@[-`{-~]/, space: /[ \t-\r]/ },
  ...{ upper: /[A-Z]/, xdigit: /[0-9A-Fa-f]/ },
};

const anything = (): boolean => true;
const notSlash = (byte: number): boolean => byte !== SLASH;

/**
 * A pattern of a `.gitattributes` file, as git matches it (gitignore(5), gitattributes(5)): without a slash inside it is about a file's
 * name in whatever folder below, else about its path from the file's own folder. A pattern that ends in a slash is about folders, which
 * have no attributes. Like git it compares bytes, so that `?` is half of an `é`.
 *
 * All readings are followed side by side (see `matchGlob`): there is no pattern that makes it backtrack.
 */
export class GitPattern {
  private readonly steps: readonly Step[];
  private readonly wholePath: boolean;
  private readonly forFolders: boolean;

  constructor(pattern: string) {
    this.forFolders = pattern.endsWith('/');
    this.wholePath = pattern.includes('/');
    this.steps = stepsOf(inBytes(pattern.replace(/^\//, '')), this.wholePath);
  }

  /** @param path of a file, from the folder of the file that the pattern stands in */
  matches(path: string): boolean {
    if (this.forFolders) return false;
    return runs(this.steps, Buffer.from(this.wholePath ? path : path.slice(path.lastIndexOf('/') + 1)));
  }
}

const inBytes = (text: string): string => Buffer.from(text).toString('latin1');

/** @param path do slashes mean anything? */
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
  if (character === '*') return stars(pattern, at, path);
  if (character === '?') return { length: 1, step: { kind: 'one', takes: path ? notSlash : anything } };
  if (character === '[') return set(pattern, at, path);
  const escapes = character === '\\';
  const literal = escapes ? pattern.charCodeAt(at + 1) || -1 : character.charCodeAt(0);
  return { length: escapes ? 2 : 1, step: { kind: 'one', takes: (byte) => byte === literal } };
}

/** Two stars mean folders only where slashes or the pattern's ends stand beside them. */
function stars(pattern: string, at: number, path: boolean): { length: number; step: Step } {
  const { length } = /^\*+/.exec(pattern.slice(at))![0];
  const before = at === 0 || pattern[at - 1] === '/';
  const after = pattern[at + length];
  const bounded = length >= 2 && before && (after === undefined || after === '/');
  if (path && bounded && after === '/') return { length: length + 1, step: { kind: 'folders' } };
  return { length, step: { kind: 'many', takes: path && !bounded ? notSlash : anything } };
}

/** `[a-z]`, `[!…]`, `[[:digit:]]`. One that is not closed matches nothing. */
function set(pattern: string, at: number, path: boolean): { length: number; step: Step } {
  const found = /^\[([!^]?)(\]?(?:\[:[a-z]+:\]|\\[^]|[^\]\\])*)\]/.exec(pattern.slice(at));
  if (!found) return { length: pattern.length - at, step: { kind: 'one', takes: () => false } };
  const [whole, not, members] = found as unknown as [string, string, string];
  const tests = membersOf(members);
  const takes = (byte: number): boolean =>
    !(path && byte === SLASH) && tests.some((test) => test(byte)) === (not === '');
  return { length: whole.length, step: { kind: 'one', takes } };
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

function runs(steps: readonly Step[], text: Uint8Array): boolean {
  // a position behind each step; one of folders may be passed at once, or at any slash
  let reached = passed(steps, new Set([0]));
  let inFolders = new Set<number>();
  for (const byte of text) {
    const next = new Set<number>();
    const stillInFolders = new Set(inFolders);
    for (const at of reached) {
      const step = steps[at];
      if (step?.kind === 'folders') stillInFolders.add(at);
      else if (step?.takes(byte)) next.add(step.kind === 'many' ? at : at + 1);
    }
    if (byte === SLASH) for (const at of stillInFolders) next.add(at + 1);
    inFolders = stillInFolders;
    reached = passed(steps, next);
  }
  return reached.has(steps.length);
}

/** What may be skipped is skipped as well. A set grows while it is walked, and the walk takes in what was added. */
function passed(steps: readonly Step[], reached: Set<number>): Set<number> {
  for (const at of reached) if (at < steps.length && steps[at]!.kind !== 'one') reached.add(at + 1);
  return reached;
}
