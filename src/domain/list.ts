import type { QueryPairs } from './query.js';
import type { RepoType } from './repo-id.js';

/** What a list can be sorted by: huggingface.co's own words (contract A.8). */
export const LIST_SORTS = ['lastModified', 'createdAt', 'downloads', 'likes', 'trendingScore'] as const;
export type ListSort = (typeof LIST_SORTS)[number];

/** Which fields the entries of a list bear. */
export interface ListShape {
  readonly full: boolean;
  readonly cardData: boolean;
  readonly config: boolean;
  /** Those asked with `expand`: nothing else is answered then, save the ids. */
  readonly fields?: readonly string[];
}

/** `GET /api/models|datasets|spaces`, as it is meant. */
export interface ListQuestion {
  readonly type: RepoType;
  /** Only what belongs to this account, in whatever case. */
  readonly author?: string;
  /** Every word of every text must be found. */
  readonly search: readonly string[];
  /** Tags, all of which an entry must have. */
  readonly filters: readonly string[];
  readonly pipelineTag?: string;
  readonly sort: ListSort;
  readonly ascending: boolean;
  /** Entries on a page, 1 to 1000. */
  readonly limit: number;
  readonly shape: ListShape;
  /** Parameters that mean nothing here; a source may know them. */
  readonly others: QueryPairs;
}

/** One repository in a list: at least its id; the rest as its hub has it (contract D.4). */
export interface ListEntry {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Entries in a hub's order; where one was that is none of this list stands undefined, so that places can be counted. */
export type ListEntries = readonly (ListEntry | undefined)[];

/** What a source answers to a list's question. */
export interface ListPage {
  readonly entries: ListEntries;
  /** Does a `Link` say whether there is more? Where it does not, the source has no pages: more is had by asking for a longer list. */
  readonly linked: boolean;
}
