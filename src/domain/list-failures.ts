import type { AttemptCategory } from './attempt.js';
import { headerSafe } from './header-text.js';

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

/** The names of the sources in `X-Source-Failures`. */
export const failedSources = (header: string | null): string[] =>
  (header ?? '')
    .split(',')
    .map((entry) => decoded(entry.split(';', 1)[0]!.trim()))
    .filter(Boolean);

/** A name that was cut at the limit of headers may end inside an encoded character. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
