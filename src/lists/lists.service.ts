import { Injectable } from '@nestjs/common';
import type { HubQuestion } from '../fallback/resolver/question.js';
import type { ListEntry, ListQuestion } from '../domain/list.js';
import type { ListFailure } from './list-failures.js';
import { listOrder } from './list-order.js';
import { entryMark, listMark, remembered, type ListWalk } from '../domain/list-walk.js';
import { mergeLists, type MergeResult } from './merge-lists.js';
import { tagSource } from '../domain/tag-source.js';
import { LocalLists, type LocalList } from './local-lists.service.js';
import type { ExternalList } from './external-list.js';
import { ExternalLists } from './external-lists.service.js';

/** Pages are read again and again only where most of what comes is left out; then a short page with a `Link` is as good. */
const MOST_ROUNDS = 10;

/** A page of a list. */
export interface ListResult {
  readonly entries: readonly unknown[];
  /** From where the list goes on; absent on the last page. */
  readonly next?: ListWalk;
  readonly failures: readonly ListFailure[];
}

/** Reads lists of sources. */
export type ListReader = Pick<ExternalLists, 'begin' | 'readNext'>;

/** What a page is made of: the hub's own list, and those of sources. */
interface Parts {
  readonly question: ListQuestion;
  readonly local: LocalList;
  readonly lists: readonly ExternalList[];
  readonly shown: ListWalk['shown'];
}

/** Lists of repositories, the hub's own and its sources' as one (ADR 5). */
@Injectable()
export class ListsService {
  constructor(
    private readonly local: LocalLists,
    private readonly sources: ExternalLists,
  ) {}

  /**
   * @param walk how far it has come already
   * @param sources how the lists of sources are read
   */
  async page(
    question: ListQuestion,
    asking: HubQuestion,
    walk?: ListWalk,
    sources: ListReader = this.sources,
  ): Promise<ListResult> {
    const lists = sources.begin(question, asking, walk);
    const [local] = await Promise.all([
      this.local.page(question, asking.caller, walk?.local),
      sources.readNext(lists.filter(isLive), question, asking),
    ]);
    const parts: Parts = { question, local, lists, shown: walk?.shown ?? {} };
    const merged = await this.merge(parts, asking, sources);
    const entries = merged.shown.map(({ entry, stream }) =>
      stream === 0 ? entry : tagSource(entry, lists[stream - 1]!.source),
    );
    const failures = lists.flatMap(({ source, failure }) =>
      failure ? [{ name: source.name, category: failure }] : [],
    );
    return { entries, failures, next: walkAfter(parts, merged) };
  }

  private async merge(
    { question, local, lists, shown }: Parts,
    asking: HubQuestion,
    sources: ListReader,
  ): Promise<MergeResult> {
    const order = listOrder(question);
    const others = lists.map(({ mark }) => marksOfOthers(shown, mark));
    for (let round = 1; ; round++) {
      const known = await this.local.known(keysOf(question, lists));
      const isLeftOut = (entry: ListEntry, stream: number): boolean =>
        stream > 0 && (known.has(keyOf(question, entry)) || others[stream - 1]!.has(entryMark(entry.id)));
      const merged = mergeLists({ streams: [local, ...lists], order, limit: question.limit, isLeftOut });
      if (merged.starved.length === 0 || round === MOST_ROUNDS || asking.signal.aborted) return merged;
      await sources.readNext(
        merged.starved.map((stream) => lists[stream - 1]!),
        question,
        asking,
      );
    }
  }
}

const isLive = ({ ended }: ExternalList): boolean => !ended;

const keyOf = ({ type }: ListQuestion, { id }: ListEntry): string => `${type}:${id.toLowerCase()}`;

const keysOf = (question: ListQuestion, lists: readonly ExternalList[]): string[] =>
  lists.flatMap(({ entries }) => entries.flatMap((entry) => (entry ? [keyOf(question, entry)] : [])));

const marksOfOthers = (shown: ListWalk['shown'], mark: string): ReadonlySet<string> =>
  new Set(Object.entries(shown).flatMap(([other, marks]) => (other === mark ? [] : marks)));

/** Undefined when everything has been shown. */
function walkAfter({ question, local, lists, shown }: Parts, { taken, shown: now }: MergeResult): ListWalk | undefined {
  const places = lists.map((list, n) => [list.mark, list.placeAfter(taken[n + 1]!)] as const);
  const localPlace = local.placeAfter(taken[0]!);
  const live = places.flatMap(([mark, place]) => (typeof place === 'object' && place !== null ? [mark] : []));
  if (localPlace === null && live.length === 0) return undefined;
  const all = lists.map(({ mark }, n) => {
    const new_ = now.filter(({ stream }) => stream === n + 1).map(({ entry }) => entryMark(entry.id));
    return [mark, [...(shown[mark] ?? []), ...new_]] as const;
  });
  return {
    question: listMark(question),
    local: localPlace,
    sources: Object.fromEntries(places),
    shown: remembered(Object.fromEntries(all), live),
  };
}
