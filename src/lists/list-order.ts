import type { ListEntry, ListQuery, ListSort } from '../domain/list.js';

/** The sort value of an entry as a number; 0 if it is missing, which sorts last. */
export function sortValue(entry: ListEntry, sort: ListSort): number {
  const value = entry[sort];
  if (sort === 'lastModified' || sort === 'createdAt') return typeof value === 'string' ? Date.parse(value) || 0 : 0;
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** Compares entries by value, then by id. Ascending order is the exact reverse of descending order. */
export function listOrder({ sort, ascending }: Pick<ListQuery, 'sort' | 'ascending'>) {
  const sign = ascending ? -1 : 1;
  return (a: ListEntry, b: ListEntry): number =>
    sign * (sortValue(b, sort) - sortValue(a, sort) || compareIds(a.id.toLowerCase(), b.id.toLowerCase()));
}

function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
