import type { ListEntry, ListQuestion, ListSort } from '../domain/list.js';

/** What an entry is sorted by, as a number; one that does not say comes last. */
export function sortValue(entry: ListEntry, sort: ListSort): number {
  const value = entry[sort];
  if (sort === 'lastModified' || sort === 'createdAt') return typeof value === 'string' ? Date.parse(value) || 0 : 0;
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** The order of a list: by value, and by id where that is the same. Ascending is the very reverse. */
export function listOrder({ sort, ascending }: Pick<ListQuestion, 'sort' | 'ascending'>) {
  const sign = ascending ? -1 : 1;
  return (one: ListEntry, other: ListEntry): number =>
    sign * (sortValue(other, sort) - sortValue(one, sort) || byId(one, other));
}

function byId(one: ListEntry, other: ListEntry): number {
  const [a, b] = [one.id.toLowerCase(), other.id.toLowerCase()];
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
