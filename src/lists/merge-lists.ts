import type { ListEntries, ListEntry } from '../domain/list.js';

/** One of the lists to merge, with the entries read so far, starting at the current position. */
export interface ListStream {
  readonly entries: ListEntries;
  /** Whether the list has no entries after these. */
  readonly ended: boolean;
}

export interface MergeInput {
  /** In order of precedence: the local list, then the sources in priority order. Each stream has the order of its hub. */
  readonly streams: readonly ListStream[];
  /** See `listOrder`. */
  readonly order: (a: ListEntry, b: ListEntry) => number;
  readonly limit: number;
  /** Whether to skip an entry: it exists locally, or an earlier page has shown it from another source. */
  readonly isExcluded: (entry: ListEntry, stream: number) => boolean;
}

export interface MergeResult {
  readonly entries: readonly { readonly entry: ListEntry; readonly stream: number }[];
  /** Number of processed entries of each stream, shown or excluded. */
  readonly taken: readonly number[];
  /** Streams that must be read further before the next entry can be chosen. Empty if the page is full or all streams have ended. */
  readonly starved: readonly number[];
}

/**
 * Merges sorted streams into one page (k-way merge). An id (case-insensitive) appears once: from the stream with the higher precedence if both
 * entries are known, otherwise from the one that comes first in the order.
 */
export function mergeLists({ streams, order, limit, isExcluded }: MergeInput): MergeResult {
  const page: { entry: ListEntry; stream: number }[] = [];
  const taken = streams.map(() => 0);
  const ids = new Set<string>();
  const positions = streams.map(({ entries }, n) => lastPositions(entries, (entry) => !isExcluded(entry, n)));
  /** Whether a stream of higher precedence has the id among its remaining entries. */
  const isInEarlierStream = (id: string, stream: number): boolean =>
    positions.slice(0, stream).some((ids, n) => (ids.get(id) ?? -1) >= taken[n]!);

  const headOf = (stream: number): ListEntry | undefined => {
    const { entries } = streams[stream]!;
    for (; taken[stream]! < entries.length; taken[stream]! += 1) {
      const entry = entries[taken[stream]!];
      const id = entry?.id.toLowerCase() ?? '';
      if (entry && !ids.has(id) && !isInEarlierStream(id, stream) && !isExcluded(entry, stream)) return entry;
    }
    return undefined;
  };

  for (;;) {
    const heads = streams.map((_, n) => headOf(n));
    if (page.length >= limit) return { entries: page, taken, starved: [] };
    const starved = streams.flatMap(({ ended }, n) => (heads[n] === undefined && !ended ? [n] : []));
    const stream = firstOf(heads, order);
    if (starved.length > 0 || stream === undefined) return { entries: page, taken, starved };
    const entry = heads[stream]!;
    page.push({ entry, stream });
    ids.add(entry.id.toLowerCase());
    taken[stream]! += 1;
  }
}

/** The last position of each id that is not excluded. */
const lastPositions = (entries: ListEntries, isIncluded: (entry: ListEntry) => boolean): ReadonlyMap<string, number> =>
  new Map(entries.flatMap((entry, n) => (entry && isIncluded(entry) ? [[entry.id.toLowerCase(), n]] : [])));

/** The stream whose head comes first; on a tie, the one with the higher precedence. */
function firstOf(heads: readonly (ListEntry | undefined)[], order: MergeInput['order']): number | undefined {
  let first: number | undefined;
  heads.forEach((entry, n) => {
    if (entry && (first === undefined || order(entry, heads[first]!) < 0)) first = n;
  });
  return first;
}
