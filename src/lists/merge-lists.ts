import type { ListEntries, ListEntry } from '../domain/list.js';

/** One of the lists that are merged: what is known of it from where the walk has come to. */
export interface ListStream {
  readonly entries: ListEntries;
  /** Does nothing come after these entries? */
  readonly ended: boolean;
}

export interface MergeInput {
  /** Those that win first: the hub's own, then the sources in their order. Each is sorted, as far as its hub sorts. */
  readonly streams: readonly ListStream[];
  /** As `listOrder`. */
  readonly order: (one: ListEntry, other: ListEntry) => number;
  readonly limit: number;
  /** Is this entry of the stream not to be shown: not ours to show, or shown on a page before from another? */
  readonly isLeftOut: (entry: ListEntry, stream: number) => boolean;
}

export interface MergeResult {
  readonly shown: readonly { readonly entry: ListEntry; readonly stream: number }[];
  /** How many entries of each stream are done with, shown or left out. */
  readonly taken: readonly number[];
  /** Streams that have to go on before another entry can be chosen; none when the page is full, or everything has been shown. */
  readonly starved: readonly number[];
}

/**
 * The k-way merge of a list's page: of the streams' first entries the one that the order puts first, again and again. Of one id in whatever
 * case one entry is shown: that of the earlier stream where both are known, else the one that came first in the order.
 */
export function mergeLists({ streams, order, limit, isLeftOut }: MergeInput): MergeResult {
  const shown: { entry: ListEntry; stream: number }[] = [];
  const taken = streams.map(() => 0);
  const ids = new Set<string>();
  const places = streams.map(({ entries }, n) => placesOf(entries, (entry) => !isLeftOut(entry, n)));
  const isEarlier = (id: string, stream: number): boolean =>
    places.slice(0, stream).some((place, n) => (place.get(id) ?? -1) >= taken[n]!);

  const headOf = (stream: number): ListEntry | undefined => {
    const { entries } = streams[stream]!;
    for (; taken[stream]! < entries.length; taken[stream]! += 1) {
      const entry = entries[taken[stream]!];
      const id = entry?.id.toLowerCase() ?? '';
      if (entry && !ids.has(id) && !isEarlier(id, stream) && !isLeftOut(entry, stream)) return entry;
    }
    return undefined;
  };

  for (;;) {
    const heads = streams.map((_, n) => headOf(n));
    if (shown.length >= limit) return { shown, taken, starved: [] };
    const starved = streams.flatMap(({ ended }, n) => (heads[n] === undefined && !ended ? [n] : []));
    const stream = firstOf(heads, order);
    if (starved.length > 0 || stream === undefined) return { shown, taken, starved };
    const entry = heads[stream]!;
    shown.push({ entry, stream });
    ids.add(entry.id.toLowerCase());
    taken[stream]! += 1;
  }
}

/** Where each id that is to be shown stands last. */
const placesOf = (entries: ListEntries, counts: (entry: ListEntry) => boolean): ReadonlyMap<string, number> =>
  new Map(entries.flatMap((entry, place) => (entry && counts(entry) ? [[entry.id.toLowerCase(), place]] : [])));

/** The earlier stream where the order has no preference. */
function firstOf(heads: readonly (ListEntry | undefined)[], order: MergeInput['order']): number | undefined {
  let first: number | undefined;
  heads.forEach((entry, n) => {
    if (entry && (first === undefined || order(entry, heads[first]!) < 0)) first = n;
  });
  return first;
}
