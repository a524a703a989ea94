import type { AttemptCategory } from '../language/attempt.js';
import { headerSafe } from './header-text.js';

/** A source that a list had to do without. */
export interface ListFailure {
  readonly name: string;
  readonly category: AttemptCategory;
}

/** `X-Source-Failures`: `name;category, name;category`. What separates them is percent-encoded within a name. */
export const failuresHeader = (failures: readonly ListFailure[]): string =>
  failures
    .map(({ name, category }) => `${headerSafe(name.replaceAll(/[%,;]/g, encodeURIComponent))};${category}`)
    .join(', ');
