import { isSourceSort, type ListEntry, type ListQuery, type ListSort } from '../domain/list.js';

/** The sort value of an entry as a number; 0 if it is missing, which sorts last. */
export function sortValue(entry: ListEntry, sort: ListSort): number {
  const value = entry[sort];
  if (sort === 'lastModified' || sort === 'createdAt') return typeof value === 'string' ? Date.parse(value) || 0 : 0;
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/**
 * Compares entries by value, then by id. Ascending order is the exact reverse of descending order. If the values
 * are not part of the entries, the order of each source is kept, and local entries come last, in their own order.
 */
export function listOrder({ sort, ascending }: Pick<ListQuery, 'sort' | 'ascending'>) {
  const sign = ascending ? -1 : 1;
  if (isSourceSort(sort)) return (a: ListEntry, b: ListEntry): number => sign * (localRank(a) - localRank(b));
  if (sort === 'id')
    return (a: ListEntry, b: ListEntry): number => sign * compareIds(b.id.toLowerCase(), a.id.toLowerCase());
  return (a: ListEntry, b: ListEntry): number =>
    sign * (sortValue(b, sort) - sortValue(a, sort) || compareIds(a.id.toLowerCase(), b.id.toLowerCase()));
}

const localRank = (entry: ListEntry): number => (entry['_source'] === 'local' ? 1 : 0);

function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
