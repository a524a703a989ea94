import { GitPattern } from './git-pattern.js';

/** What a file says of an attribute: set, unset (`-x`), unspecified (`!x`), or a value. */
type State = string | boolean | undefined;

interface Rule {
  readonly pattern: GitPattern;
  readonly states: readonly (readonly [name: string, state: State])[];
}

/** A `.gitattributes` file. */
export interface AttributesFile {
  /** Its folder; empty for the root. */
  readonly folder: string;
  readonly text: string;
}

interface Read {
  readonly folder: string;
  readonly rules: readonly Rule[];
}

/** Longer lines are none to git (attr.c, ATTR_MAX_LINE_LENGTH). */
const LONGEST_LINE = 2048;
/** Git's only built-in macro. */
const BUILT_IN = '[attr]binary -diff -merge -text';

/**
 * Which files git would keep as pointers: those whose attribute `filter` is `lfs`. The nearest folder's file counts most, in a file the
 * last line, in a line the last word; macros (`[attr]`) may stand in the root's file alone.
 */
export class GitAttributes {
  /** The nearest folder first. */
  private readonly files: readonly Read[];
  private readonly macros: ReadonlyMap<string, Rule['states']>;

  constructor(files: readonly AttributesFile[]) {
    const lines = files.map(({ folder, text }) => ({ folder, lines: linesOf(text) }));
    this.files = lines
      .map((file) => ({ folder: file.folder, rules: file.lines.map(ruleOf).filter((rule) => rule !== undefined) }))
      .sort((a, b) => b.folder.length - a.folder.length);
    const root = lines.filter(({ folder }) => folder === '').flatMap((file) => file.lines);
    this.macros = new Map([BUILT_IN, ...root].map(macroOf).filter((macro) => macro !== undefined));
  }

  /** The value of `filter` for a file; undefined when nothing is said, or `!filter`. */
  filter(path: string): State {
    const known = new Map<string, State>();
    for (const { folder, rules } of this.files) {
      const below = folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
      if (below === undefined) continue;
      for (const { pattern, states } of rules.toReversed()) if (pattern.matches(below)) this.note(known, states);
    }
    return known.get('filter');
  }

  /** What was said nearer, or later, stays. */
  private note(known: Map<string, State>, states: Rule['states']): void {
    for (const [name, state] of states.toReversed()) {
      if (known.has(name)) continue;
      known.set(name, state);
      if (state === true) this.note(known, this.macros.get(name) ?? []);
    }
  }
}

const linesOf = (text: string): string[] =>
  text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => Buffer.byteLength(line) < LONGEST_LINE)
    .map((line) => line.replace(/^[ \t\r]+/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));

function ruleOf(line: string): Rule | undefined {
  if (line.startsWith('[attr]')) return undefined;
  const quoted = /^"((?:[^"\\]|\\[^])*)"([^]*)$/.exec(line);
  const [pattern, rest] = quoted ? [unquoted(quoted[1]!), quoted[2]!] : splitWord(line);
  // a pattern that takes something back means nothing here, and git warns of it
  if (pattern === '' || pattern.startsWith('!')) return undefined;
  return { pattern: new GitPattern(pattern), states: statesOf(rest) };
}

function macroOf(line: string): [string, Rule['states']] | undefined {
  if (!line.startsWith('[attr]')) return undefined;
  const [name, rest] = splitWord(line.slice('[attr]'.length).trimStart());
  return [name, statesOf(rest)];
}

function splitWord(line: string): [string, string] {
  const end = line.search(/[ \t\r]/);
  return end < 0 ? [line, ''] : [line.slice(0, end), line.slice(end)];
}

const statesOf = (words: string): Rule['states'] =>
  words
    .split(/[ \t\r]+/)
    .filter((word) => word !== '')
    .map(stateOf);

function stateOf(word: string): readonly [string, State] {
  if (word.startsWith('-')) return [word.slice(1), false];
  if (word.startsWith('!')) return [word.slice(1), undefined];
  const equals = word.indexOf('=');
  return equals < 0 ? [word, true] : [word.slice(0, equals), word.slice(equals + 1)];
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

/** A name quoted as C does. */
const unquoted = (text: string): string =>
  Buffer.from(
    Buffer.from(text)
      .toString('latin1')
      .replaceAll(/\\([0-3][0-7]{2}|[^])/g, (_, code: string) =>
        code.length === 3 ? String.fromCharCode(parseInt(code, 8)) : (ESCAPES[code] ?? code),
      ),
    'latin1',
  ).toString();
