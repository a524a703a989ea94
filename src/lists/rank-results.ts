/** A result of a search: `text` is what the user sees, `isLocal` whether it is on this hub. */
export interface Ranked<T> {
  readonly item: T;
  readonly text: string;
  readonly isLocal: boolean;
}

/**
 * Moves local results before external ones, and in each part exact matches to the top, followed by names and ids that begin with the text. Results of equal rank keep
 * their order.
 */
export function rankResults<T>(results: readonly Ranked<T>[], searched: string): T[] {
  const text = searched.toLowerCase();
  const rank = (result: Ranked<T>): number => (result.isLocal ? 0 : 4) + distance(result.text.toLowerCase(), text);
  return results
    .map((result) => ({ result, rank: rank(result) }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ result }) => result.item);
}

function distance(id: string, text: string): number {
  const name = id.slice(id.indexOf('/') + 1);
  if (id === text || name === text) return 0;
  if (name.startsWith(text)) return 1;
  return id.startsWith(text) ? 2 : 3;
}
