/** A pattern cut into its steps: `**`, `*`, `?` or a character that stands for itself. */
const stepsOf = (pattern: string): readonly string[] => pattern.toLowerCase().match(/\*\*|[^]/gu) ?? [];

const isRun = (step: string): boolean => step === '*' || step === '**';

/** May this step take the character? Only `**` takes a slash that is not written out. */
const takes = (step: string, character: string): boolean =>
  step === '**' || (isRun(step) || step === '?' ? character !== '/' : step === character);

/**
 * Does the text match the pattern as a whole? `*` stands for any run of characters within one segment (also none), `**` for any run
 * with slashes, `?` for one character; case does not count, as with repository names.
 *
 * All readings are followed side by side (`reached[j]`: the first `j` steps fit what was read so far), so that the time is at most
 * text × pattern: there is no pattern that makes it backtrack.
 */
export function matchGlob(pattern: string, text: string): boolean {
  const steps = stepsOf(pattern);
  let reached = [true];
  steps.forEach((step, j) => reached.push(reached[j] === true && isRun(step)));
  for (const character of text.toLowerCase()) {
    const next = [false];
    steps.forEach((step, j) => {
      const before = isRun(step) ? reached[j + 1] : reached[j];
      next.push((before === true && takes(step, character)) || (isRun(step) && next[j] === true));
    });
    reached = next;
  }
  return reached[steps.length] === true;
}

/** Is this a pattern over names or `ns/name`: 1 to 200 of a name's characters, wildcards and single slashes between segments? */
export const isGlob = (pattern: string): boolean =>
  pattern.length <= 200 && /^[\w.\-*?]+(?:\/[\w.\-*?]+)*$/.test(pattern) && !pattern.includes('***');
