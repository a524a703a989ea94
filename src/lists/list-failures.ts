import type { AttemptCategory } from '../domain/attempt.js';
import { headerSafe } from '../domain/header-text.js';

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
