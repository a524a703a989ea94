import { Injectable } from '@nestjs/common';
import type { NamespaceContext } from '../fallback/resolver/fallback-request.js';
import type { ListEntry, ListQuery } from '../domain/list.js';
import type { ListFailure } from '../domain/list-failures.js';
import type { ServedList } from './list-sources.js';
import { listOrder } from './list-order.js';
import { entryMark, listMark, remembered, type ListWalk } from '../domain/list-walk.js';
import { mergeLists, type MergeResult } from './merge-lists.js';
import { tagSource } from '../domain/tag-source.js';
import { LocalLists, type LocalList } from './local-lists.service.js';
import type { ExternalList } from './external-list.js';
import { ExternalLists } from './external-lists.service.js';

/** How many times sources are requested again to fill one page. After that, a short page with a `Link` is returned. */
const MAX_ROUNDS = 10;

/** A page of a list. */
export interface ListResult {
  readonly entries: readonly unknown[];
  /** The position after this page; `undefined` on the last page. */
  readonly next?: ListWalk;
  readonly failures: readonly ListFailure[];
  /** The sources that have served a part of the page. */
  readonly served: readonly ServedList[];
}

/** Reads external lists. */
export type ListReader = Pick<ExternalLists, 'begin' | 'readNext'>;

/** The local list and the external lists that are merged into a page. */
interface PageSources {
  readonly query: ListQuery;
  readonly local: LocalList;
  readonly lists: readonly ExternalList[];
  readonly shown: ListWalk['shown'];
}

/** Merges local and external repositories into one list (ADR 5). */
@Injectable()
export class ListsService {
  constructor(
    private readonly local: LocalLists,
    private readonly external: ExternalLists,
  ) {}

  /**
   * Returns the next page of a list.
   * @param walk - the position from the cursor; `undefined` for the first page
   * @param external - reads the external lists
   */
  async page(
    query: ListQuery,
    context: NamespaceContext,
    walk?: ListWalk,
    external: ListReader = this.external,
  ): Promise<ListResult> {
    const lists = external.begin(query, context, walk);
    const [local] = await Promise.all([
      this.local.page(query, context.caller, walk?.local),
      external.readNext(lists.filter(hasMore), query, context),
    ]);
    const parts: PageSources = { query, local, lists, shown: walk?.shown ?? {} };
    const merged = await this.merge(parts, context, external);
    const entries = merged.entries.map(({ entry, stream }) =>
      stream === 0 ? entry : tagSource(entry, lists[stream - 1]!.source),
    );
    const failures = lists.flatMap(({ source, failure }) =>
      failure ? [{ name: source.name, category: failure }] : [],
    );
    const served = lists.flatMap(({ source, ages }) => ages.map((age) => ({ name: source.name, age })));
    return { entries, failures, served, next: walkAfter(parts, merged) };
  }

  private async merge(
    { query, local, lists, shown }: PageSources,
    context: NamespaceContext,
    external: ListReader,
  ): Promise<MergeResult> {
    const order = listOrder(query);
    const shownByOthers = lists.map(({ mark }) => marksOfOtherSources(shown, mark));
    for (let round = 1; ; round++) {
      const localKeys = await this.local.existingKeys(keysOf(query, lists));
      const isExcluded = (entry: ListEntry, stream: number): boolean =>
        stream > 0 && (localKeys.has(keyOf(query, entry)) || shownByOthers[stream - 1]!.has(entryMark(entry.id)));
      const merged = mergeLists({ streams: [local, ...lists], order, limit: query.limit, isExcluded });
      if (merged.starved.length === 0 || round === MAX_ROUNDS || context.signal.aborted) return merged;
      await external.readNext(
        merged.starved.map((stream) => lists[stream - 1]!),
        query,
        context,
      );
    }
  }
}

const hasMore = ({ ended }: ExternalList): boolean => !ended;

const keyOf = ({ type }: ListQuery, { id }: ListEntry): string => `${type}:${id.toLowerCase()}`;

const keysOf = (query: ListQuery, lists: readonly ExternalList[]): string[] =>
  lists.flatMap(({ entries }) => entries.flatMap((entry) => (entry ? [keyOf(query, entry)] : [])));

const marksOfOtherSources = (shown: ListWalk['shown'], mark: string): ReadonlySet<string> =>
  new Set(Object.entries(shown).flatMap(([other, marks]) => (other === mark ? [] : marks)));

/** The position after this page; `undefined` after the last page. */
function walkAfter({ query, local, lists, shown }: PageSources, { taken, entries }: MergeResult): ListWalk | undefined {
  const places = lists.map((list, n) => [list.mark, list.positionAfter(taken[n + 1]!)] as const);
  const localPlace = local.positionAfter(taken[0]!);
  const unfinished = places.flatMap(([mark, place]) => (typeof place === 'object' && place !== null ? [mark] : []));
  if (localPlace === null && unfinished.length === 0) return undefined;
  const allShown = lists.map(({ mark }, n) => {
    const added = entries.filter(({ stream }) => stream === n + 1).map(({ entry }) => entryMark(entry.id));
    return [mark, [...(shown[mark] ?? []), ...added]] as const;
  });
  return {
    listMark: listMark(query),
    local: localPlace,
    sources: Object.fromEntries(places),
    shown: remembered(Object.fromEntries(allShown), unfinished),
  };
}
