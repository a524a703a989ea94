import { listedName } from '../domain/list-failures.js';
import { ageHeaders, oldestOf, type ReplyAge } from '../domain/tag-source.js';

/** A source that has served a part of a list, and how current that is. */
export interface ServedList {
  readonly name: string;
  readonly age: ReplyAge;
}

/** Headers for the sources of a merged list. It is as old as its oldest part. */
export function servedHeaders(served: readonly ServedList[]): Readonly<Record<string, string>> {
  if (served.length === 0) return {};
  return {
    'x-source': [...new Set(served.map(({ name }) => listedName(name)))].join(', '),
    ...ageHeaders(oldestOf(served.map(({ age }) => age))),
  };
}
