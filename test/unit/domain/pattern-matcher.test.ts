import { describe, expect, it } from '@jest/globals';
import { PatternMatcher, StepBudget, type PatternStep } from '../../../src/domain/pattern-matcher.js';
import { GitIgnore } from '../../../src/repos/write/git-ignore.js';
import { GitPattern, gitPath } from '../../../src/repos/write/git-pattern.js';

const stepsFor = (run: (budget: StepBudget) => unknown): number => {
  const budget = new StepBudget(Infinity);
  run(budget);
  return budget.spent;
};

describe('the work of matching is at most pattern × text', () => {
  it.each<[string, string, string]>([
    ['stars', `/${'*a'.repeat(50)}b`, 'a'.repeat(1000)],
    ['folders', `${'**/a/'.repeat(50)}b`, 'a/'.repeat(500)],
    ['folders and stars', `${'**/*a*/'.repeat(50)}b`, 'aaa/'.repeat(250)],
    ['single characters', `/${'?*'.repeat(50)}b`, 'a'.repeat(1000)],
    ['brackets', `/${'[a-z]*'.repeat(50)}b`, 'a'.repeat(1000)],
  ])('for %s', (_, pattern, path) => {
    const steps = stepsFor((budget) => expect(new GitPattern(pattern).matches(gitPath(path), budget)).toBe(false));
    expect(steps).toBeLessThanOrEqual((pattern.length + 1) * (path.length + 1));
  });

  it('for the pattern that took exponential time, with the length of a path', () => {
    const rules = new GitIgnore(`${'**/a/'.repeat(12)}b`);
    const steps = (folders: number): number => stepsFor((budget) => rules.ignores(`${'a/'.repeat(folders)}c`, budget));
    expect(steps(400)).toBeLessThan(steps(100) * 4 ** 2 * 1.1); // each parent folder is matched, too
  });
});

describe('StepBudget', () => {
  const many: PatternStep = { kind: 'many', accepts: () => true };
  const match = (budget: StepBudget): boolean => new PatternMatcher([many]).matches(Buffer.alloc(100), budget);

  it('stops matching when it is spent', () => {
    expect(() => match(new StepBudget(99))).toThrow('The patterns take too long to match');
  });

  it('is part of a total', () => {
    const total = new StepBudget(300);
    match(new StepBudget(1000, total));
    expect(total.spent).toBeGreaterThanOrEqual(100);
    expect(() => match(new StepBudget(1000, total))).toThrow('The patterns take too long to match');
  });
});
