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
export const matchGlob = (pattern: string, text: string): boolean => globMatcher(pattern)(text);

/**
 * Returns `matchGlob` for one pattern and many texts. A budget is only needed for long texts, such as paths.
 *
 * @throws HubError as `StepBudget.spend`
 */
export function globMatcher(pattern: string): (text: string, budget?: StepBudget) => boolean {
  const matcher = new PatternMatcher(tokenize(pattern).map(stepOf));
  return (text, budget = new StepBudget(MAX_STEPS)) => {
    const symbols = Array.from(text.toLowerCase(), (character) => character.codePointAt(0)!);
    return matcher.matches(symbols, budget);
  };
}
