import type { Attempt, AttemptCategory } from '../domain/attempt.js';
import type { ListEntries, ListEntry, ListPage, ListQuestion } from '../domain/list.js';
import type { QueryPairs } from '../domain/operation.js';
import type { Source } from '../domain/source.js';
import { listOrder } from './list-order.js';
import { parseNextPage } from './list-next-page.js';
import { placeAfter, resumeAt, sourceMark, type ListWalk, type SourcePlace } from '../domain/list-walk.js';
import type { ListStream } from './merge-lists.js';

/** A page as the source gave it, and which part of the stream it is. */
interface Page {
  readonly asked: QueryPairs;
  readonly entries: ListEntries;
  /** Entries that were done with before. */
  readonly skipped: number;
  /** Entries of the stream before this page's. */
  readonly before: number;
}

const FIRST: SourcePlace = { page: [], taken: 0 };

/** KohakuHub lists no more at once. */
const MOST_OF_KOHAKUHUB = 100_000;

/** One source's list as a request walks it: what has been read of it, and from where it goes on. */
export class ExternalList implements ListStream {
  readonly mark: string;
  readonly entries: (ListEntry | undefined)[] = [];
  ended = false;
  failure: AttemptCategory | undefined;
  private readonly pages: Page[] = [];
  private next: SourcePlace;

  constructor(
    readonly source: Source,
    private readonly question: ListQuestion,
    begun: ListWalk['sources'][string] = FIRST,
  ) {
    this.mark = sourceMark(source);
    this.ended = begun === null || typeof begun === 'string';
    this.failure = typeof begun === 'string' ? begun : undefined;
    this.next = this.ended ? FIRST : (begun as SourcePlace);
  }

  /** The parameters of the page that comes next. */
  get nextPage(): QueryPairs {
    return this.next.page;
  }

  /**
   * Takes the page in that came for `nextPage`.
   *
   * @param link the answer's `Link`
   * @param query all parameters with which it was asked
   */
  receive(given: ListPage, link: string | undefined, query: QueryPairs): void {
    const { page: asked } = this.next;
    const page = parseNextPage(link, this.source.url, query);
    const after = page ? { page: merged(asked, page), taken: 0 } : this.longer(given);
    const entries = asked.length === 0 && !after ? inOrder(given.entries, this.question) : given.entries;
    const skipped = resumeAt(entries, this.next);
    this.pages.push({ asked, entries, skipped, before: this.entries.length });
    this.entries.push(...entries.slice(skipped));
    if (after) this.next = after;
    else this.ended = true;
  }

  /** Takes in that there will be no further page. A source that knows nothing of an asked author has nothing of it, and has not failed. */
  give({ category, outcome }: Pick<Attempt, 'category' | 'outcome'>): void {
    this.ended = true;
    const refuses = outcome.status !== undefined && [401, 403, 404, 410].includes(outcome.status);
    if (!(refuses && category !== 'other' && this.question.author !== undefined)) this.failure = category;
  }

  /** What a cursor says of it when so many entries of the stream are done with. */
  placeAfter(taken: number): ListWalk['sources'][string] {
    if (this.ended && taken === this.entries.length) return this.failure ?? null;
    const page = this.pages.find(({ before, entries, skipped }) => taken < before + entries.length - skipped);
    return page ? placeAfter(page.asked, page.entries, page.skipped + taken - page.before) : this.next;
  }

  /** A source without pages gives a longer list, which begins with this one. */
  private longer({ entries, linked }: ListPage): SourcePlace | undefined {
    const { page: asked } = this.next;
    const limit = asked.length === 0 ? this.question.limit : Number(asked[0]![1]);
    const isPaged = linked || asked.some(([name]) => name !== 'limit');
    if (isPaged || entries.length < limit || limit >= MOST_OF_KOHAKUHUB) return undefined;
    return placeAfter([['limit', `${limit * 2}`]], entries, entries.length);
  }
}

/** What a page is asked with: the parameters of the page before, and the new ones in place of those of the same names. */
function merged(before: QueryPairs, page: QueryPairs): QueryPairs {
  const named = new Set(page.map(([name]) => name));
  return [...before.filter(([name]) => !named.has(name)), ...page];
}

/** A list that is whole is put into our order, whatever order its hub knows. */
function inOrder(entries: ListEntries, question: ListQuestion): ListEntries {
  const order = listOrder(question);
  return entries.filter((entry) => entry !== undefined).sort(order);
}
