/** Splits a pattern into `**`, `*`, `?` and literal characters. */
const tokenize = (pattern: string): readonly string[] => pattern.toLowerCase().match(/\*\*|[^]/gu) ?? [];

const isRun = (step: string): boolean => step === '*' || step === '**';

/** Whether a step matches a character. Of the wildcards, only `**` matches a slash. */
const matches = (step: string, character: string): boolean =>
  step === '**' || (isRun(step) || step === '?' ? character !== '/' : step === character);

/**
 * Whether the whole text matches the pattern. `*` matches any characters within a segment (or none), `**` also slashes, `?` one
 * character. Case is ignored, as in repository names.
 *
 * All possible matches are tracked at once (`reached[j]`: the first `j` steps match the text read so far). There is no backtracking, so
 * the time is at most proportional to text × pattern.
 */
export function matchGlob(pattern: string, text: string): boolean {
  const steps = tokenize(pattern);
  let reached = [true];
  steps.forEach((step, j) => reached.push(reached[j] === true && isRun(step)));
  for (const character of text.toLowerCase()) {
    const next = [false];
    steps.forEach((step, j) => {
      const before = isRun(step) ? reached[j + 1] : reached[j];
      next.push((before === true && matches(step, character)) || (isRun(step) && next[j] === true));
    });
    reached = next;
  }
  return reached[steps.length] === true;
}

/** Whether this is a valid pattern of names or `ns/name`: 1 to 200 name characters and wildcards, with single slashes between segments. */
export const isGlob = (pattern: string): boolean =>
  pattern.length <= 200 && /^[\w.\-*?]+(?:\/[\w.\-*?]+)*$/.test(pattern) && !pattern.includes('***');
