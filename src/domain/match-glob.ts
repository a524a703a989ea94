import { PatternMatcher, SLASH, StepBudget, type PatternStep } from './pattern-matcher.js';

/** Far above what patterns and names of valid length need. */
const MAX_STEPS = 100_000;

const anySymbol = (): boolean => true;
const notSlash = (symbol: number): boolean => symbol !== SLASH;

/** Splits a pattern into `**`, `*`, `?` and literal characters. */
const tokenize = (pattern: string): readonly string[] => pattern.toLowerCase().match(/\*\*|[^]/gu) ?? [];

function stepOf(token: string): PatternStep {
  if (token === '**') return { kind: 'many', accepts: anySymbol };
  if (token === '*') return { kind: 'many', accepts: notSlash };
  return token === '?' ? { kind: 'one', accepts: notSlash } : { kind: 'literal', symbol: token.codePointAt(0)! };
}

/**
 * Whether the whole text matches the pattern. `*` matches any characters within a segment (or none), `**` also slashes, `?` one
 * character. Case is ignored, as in repository names.
 */
export function matchGlob(pattern: string, text: string): boolean {
  const symbols = Array.from(text.toLowerCase(), (character) => character.codePointAt(0)!);
  return new PatternMatcher(tokenize(pattern).map(stepOf)).matches(symbols, new StepBudget(MAX_STEPS));
}
