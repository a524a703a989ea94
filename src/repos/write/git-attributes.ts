import type { StepBudget } from '../../domain/pattern-matcher.js';
import { GitPattern, gitPath } from './git-pattern.js';

/** Value of an attribute: set, unset (`-x`), unspecified (`!x`), or a string. */
type State = string | boolean | undefined;

interface Rule {
  readonly pattern: GitPattern;
  /** The last attribute first. */
  readonly states: readonly (readonly [name: string, state: State])[];
}

/** A `.gitattributes` file. */
export interface AttributesFile {
  /** Folder of the file; empty for the root. */
  readonly folder: string;
  readonly text: string;
}

interface ParsedFile {
  readonly folder: string;
  /** The last line first. */
  readonly rules: readonly Rule[];
}

/** Git ignores longer lines (attr.c, ATTR_MAX_LINE_LENGTH). */
const MAX_LINE_LENGTH = 2048;
/** Git's only built-in macro. */
const BUILT_IN_MACRO = '[attr]binary -diff -merge -text';

/**
 * Decides which files git stores as LFS pointers: those whose `filter` attribute is `lfs`. The nearest folder's file has the highest
 * precedence, then the last matching line, then the last attribute in a line. Macros (`[attr]`) are only allowed in the root folder's
 * file.
 */
export class GitAttributes {
  /** The nearest folder first. */
  private readonly files: readonly ParsedFile[];
  private readonly macros: ReadonlyMap<string, Rule['states']>;

  constructor(files: readonly AttributesFile[]) {
    const lines = files.map(({ folder, text }) => ({ folder, lines: linesOf(text) }));
    this.files = lines
      .map(({ folder, lines: own }) => ({
        folder,
        rules: own
          .map(ruleOf)
          .filter((rule) => rule !== undefined)
          .reverse(),
      }))
      .sort((a, b) => b.folder.length - a.folder.length);
    const root = lines.filter(({ folder }) => folder === '').flatMap((file) => file.lines);
    this.macros = new Map([BUILT_IN_MACRO, ...root].map(macroOf).filter((macro) => macro !== undefined));
  }

  /**
   * Returns the `filter` attribute of a file; `undefined` if unspecified.
   *
   * @throws HubError as `StepBudget.spend`
   */
  filter(path: string, budget: StepBudget): State {
    const values = new Map<string, State>();
    for (const { folder, rules } of this.files) {
      const below = folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
      if (below === undefined) continue;
      const relative = gitPath(below);
      for (const { pattern, states } of rules) {
        if (!pattern.matches(relative, budget)) continue;
        this.addStates(values, states, budget);
        if (values.has('filter')) return values.get('filter');
      }
    }
    return values.get('filter');
  }

  /** Adds only attributes that have no value yet, since files are evaluated in order of precedence. */
  private addStates(values: Map<string, State>, states: Rule['states'], budget: StepBudget): void {
    budget.spend(states.length);
    for (const [name, state] of states) {
      if (values.has(name)) continue;
      values.set(name, state);
      if (state === true) this.addStates(values, this.macros.get(name) ?? [], budget);
    }
  }
}

const linesOf = (text: string): string[] =>
  text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => Buffer.byteLength(line) < MAX_LINE_LENGTH)
    .map((line) => line.replace(/^[ \t\r]+/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));

function ruleOf(line: string): Rule | undefined {
  if (line.startsWith('[attr]')) return undefined;
  const quoted = /^"((?:[^"\\]|\\[^])*)"([^]*)$/.exec(line);
  const [pattern, rest] = quoted ? [unquote(quoted[1]!), quoted[2]!] : splitWord(line);
  // Git ignores negative patterns in attribute files, and warns about them.
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

const statesOf = (attributes: string): Rule['states'] =>
  attributes
    .split(/[ \t\r]+/)
    .filter((word) => word !== '')
    .map(stateOf)
    .reverse();

function stateOf(word: string): readonly [string, State] {
  if (word.startsWith('-')) return [word.slice(1), false];
  if (word.startsWith('!')) return [word.slice(1), undefined];
  const equals = word.indexOf('=');
  return equals < 0 ? [word, true] : [word.slice(0, equals), word.slice(equals + 1)];
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Unquotes a C-style quoted string. */
const unquote = (text: string): string =>
  Buffer.from(
    Buffer.from(text)
      .toString('latin1')
      .replaceAll(/\\([0-3][0-7]{2}|[^])/g, (_, code: string) =>
        code.length === 3 ? String.fromCharCode(parseInt(code, 8)) : (ESCAPES[code] ?? code),
      ),
    'latin1',
  ).toString();
