import type { Freshness } from '../domain/freshness.js';
import type { ReplyAge } from '../domain/tag-source.js';
import { listedName } from '../domain/list-failures.js';

/** A source that has served a part of a list, and how current that is. */
export interface ServedList {
  readonly name: string;
  readonly age: ReplyAge;
}

const ORDER: readonly Freshness[] = ['fresh', 'revalidated', 'stale'];

/** Headers for the sources of a merged list. It is as old as its oldest part. */
export function servedHeaders(served: readonly ServedList[]): Readonly<Record<string, string>> {
  if (served.length === 0) return {};
  const ages = served.flatMap(({ age: { age } }) => (age === undefined ? [] : [age]));
  const freshness = Math.max(...served.map(({ age }) => ORDER.indexOf(age.freshness ?? 'fresh')));
  return {
    'x-source': [...new Set(served.map(({ name }) => listedName(name)))].join(', '),
    'x-freshness': ORDER[freshness]!,
    ...(ages.length > 0 && { age: String(Math.max(...ages)) }),
  };
}
