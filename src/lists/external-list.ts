import type { Attempt, AttemptCategory } from '../domain/attempt.js';
import type { ListEntries, ListEntry, ListPage, ListQuery } from '../domain/list.js';
import type { QueryPairs } from '../domain/query.js';
import type { Source } from '../domain/source.js';
import type { ReplyAge } from '../domain/tag-source.js';
import { listOrder } from './list-order.js';
import { parseNextPage } from './list-next-page.js';
import { positionAfter, resumeIndex, sourceMark, type ListWalk, type SourcePosition } from '../domain/list-walk.js';
import type { ListStream } from './merge-lists.js';

/** A page from the source, and its position in the stream. */
interface Page {
  readonly parameters: QueryPairs;
  readonly entries: ListEntries;
  /** Number of entries that earlier pages of the merged list have processed. */
  readonly skipped: number;
  /** Number of stream entries before this page. */
  readonly before: number;
}

const START: SourcePosition = { page: [], taken: 0 };

/** Maximum `limit` that KohakuHub accepts. */
const MAX_KOHAKUHUB_LIMIT = 100_000;

/** The list of one source during a request: the entries read so far, and the position to continue from. */
export class ExternalList implements ListStream {
  readonly mark: string;
  readonly entries: (ListEntry | undefined)[] = [];
  ended = false;
  failure: AttemptCategory | undefined;
  /** The ages of the pages that the source has served. */
  readonly ages: ReplyAge[] = [];
  private readonly pages: Page[] = [];
  private next: SourcePosition;

  constructor(
    readonly source: Source,
    private readonly query: ListQuery,
    position: ListWalk['sources'][string] = START,
  ) {
    this.mark = sourceMark(source);
    this.ended = position === null || typeof position === 'string';
    this.failure = typeof position === 'string' ? position : undefined;
    this.next = this.ended ? START : (position as SourcePosition);
  }

  /** Parameters of the next page. */
  get nextPage(): QueryPairs {
    return this.next.page;
  }

  /**
   * Adds the page that was requested with `nextPage`.
   *
   * @param link - the `Link` of the response
   * @param parameters - all parameters of the request
   */
  addPage(response: ListPage, link: string | undefined, parameters: QueryPairs): void {
    const { page: current } = this.next;
    const next = parseNextPage(link, this.source.url, parameters);
    const after = next ? { page: withOverrides(current, next), taken: 0 } : this.longerPage(response);
    const isComplete = current.length === 0 && !after;
    const entries = isComplete ? sortEntries(response.entries, this.query) : response.entries;
    const skipped = resumeIndex(entries, this.next);
    this.pages.push({ parameters: current, entries, skipped, before: this.entries.length });
    for (const entry of entries.slice(skipped)) this.entries.push(entry); // not spread, since a page of a faulty source may be huge
    if (after) this.next = after;
    else this.ended = true;
  }

  /** Ends the list after a failed attempt. A source that does not know the requested author has no entries, which is not a failure. */
  end({ category, outcome }: Pick<Attempt, 'category' | 'outcome'>): void {
    this.ended = true;
    const isRefusal = outcome.status !== undefined && [401, 403, 404, 410].includes(outcome.status);
    if (!(isRefusal && category !== 'other' && this.query.author !== undefined)) this.failure = category;
  }

  /** The position after `taken` entries of the stream, for the cursor. */
  positionAfter(taken: number): ListWalk['sources'][string] {
    if (this.ended && taken === this.entries.length) return this.failure ?? null;
    const page = this.pages.find(({ before, entries, skipped }) => taken < before + entries.length - skipped);
    return page ? positionAfter(page.parameters, page.entries, page.skipped + taken - page.before) : this.next;
  }

  /** If the source has no pagination, the next request is for a longer list that starts with the same entries. */
  private longerPage({ entries, linked }: ListPage): SourcePosition | undefined {
    const { page: current } = this.next;
    const limit = current.length === 0 ? this.query.limit : Number(current[0]![1]);
    const isPaged = linked || current.some(([name]) => name !== 'limit');
    if (isPaged || entries.length < limit || limit >= MAX_KOHAKUHUB_LIMIT) return undefined;
    return positionAfter([['limit', `${limit * 2}`]], entries, entries.length);
  }
}

/** Replaces parameters that have the same names. */
function withOverrides(parameters: QueryPairs, overrides: QueryPairs): QueryPairs {
  const names = new Set(overrides.map(([name]) => name));
  return [...parameters.filter(([name]) => !names.has(name)), ...overrides];
}

/** Sorts a complete list, since its hub may not support the requested order. */
function sortEntries(entries: ListEntries, query: ListQuery): ListEntries {
  const order = listOrder(query);
  return entries.filter((entry) => entry !== undefined).sort(order);
}
