import type { StepBudget } from '../../domain/pattern-matcher.js';
import { GitPattern, gitPath, type GitPath } from './git-pattern.js';

interface Rule {
  readonly pattern: GitPattern;
  readonly ignores: boolean;
}

/** Longer lines are ignored: no path of a repository is that long. */
const MAX_LINE_LENGTH = 4096;

/** A `.gitignore` file in the root folder of a repository. The last matching line decides. Nothing in an ignored folder can be included again. */
export class GitIgnore {
  /** The last line first. */
  private readonly rules: readonly Rule[];

  constructor(text: string) {
    this.rules = text
      .replace(/^\ufeff/, '')
      .split('\n')
      .filter((line) => line.length <= MAX_LINE_LENGTH)
      .map((line) => line.replace(/\r$/, '').split('\0', 1)[0]!)
      .map(ruleOf)
      .filter((rule) => rule !== undefined)
      .reverse();
  }

  /**
   * @param path - path of a file
   * @throws HubError as `StepBudget.spend`
   */
  ignores(path: string, budget: StepBudget): boolean {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
      if (this.matches(gitPath(path.slice(0, end), true), budget)) return true;
    return this.matches(gitPath(path), budget);
  }

  private matches(path: GitPath, budget: StepBudget): boolean {
    return this.rules.find(({ pattern }) => pattern.matches(path, budget))?.ignores ?? false;
  }
}

function ruleOf(line: string): Rule | undefined {
  const text = withoutTrailingSpaces(line);
  if (text === '' || text.startsWith('#')) return undefined;
  const isNegated = text.startsWith('!');
  return { pattern: new GitPattern(isNegated ? text.slice(1) : text), ignores: !isNegated };
}

/** A backslash keeps the space after it. */
function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ') end -= 1;
  let backslashes = 0;
  while (line[end - 1 - backslashes] === '\\') backslashes += 1;
  return line.slice(0, backslashes % 2 === 1 && end < line.length ? end + 1 : end);
}
