import type { AttemptCategory } from '../domain/attempt.js';
import { headerSafe } from '../domain/header-text.js';

/** A source whose entries are missing from a list. */
export interface ListFailure {
  readonly name: string;
  readonly category: AttemptCategory;
}

/** The name of a source in a header that has several. */
export const listedName = (name: string): string => headerSafe(name.replaceAll(/[%,;]/g, encodeURIComponent));

/** Formats `X-Source-Failures` as `name;category, name;category`. Separators within a name are percent-encoded. */
export const failuresHeader = (failures: readonly ListFailure[]): string =>
  failures.map(({ name, category }) => `${listedName(name)};${category}`).join(', ');
