import type { QueryPairs } from './query.js';
import type { RepoType } from './repo-id.js';

/** Sort orders of lists, named as on huggingface.co (contract A.8). */
export const LIST_SORTS = ['lastModified', 'createdAt', 'downloads', 'likes', 'trendingScore', 'id'] as const;

/** Sort orders by values that are not part of the replies of sources. Of local repositories, only `likes30d` is known. */
export const SOURCE_SORTS = ['likes30d', 'num_parameters', 'mainSize', 'datasetsServerInfo.numRows'] as const;

export type SourceSort = (typeof SOURCE_SORTS)[number];
export type ListSort = (typeof LIST_SORTS)[number] | SourceSort;

/** Whether the values of a sort order are missing in the replies of sources. */
export const isSourceSort = (sort: ListSort): sort is SourceSort => (SOURCE_SORTS as readonly string[]).includes(sort);

/** A range of numbers; `min` is part of it, `max` is not. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

/** Fields of list entries. */
export interface ListShape {
  readonly full: boolean;
  readonly cardData: boolean;
  readonly config: boolean;
  /** Fields requested with `expand`; entries then have only these and their ids. */
  readonly fields?: readonly string[];
}

/** The parsed parameters of `GET /api/models|datasets|spaces`. */
export interface ListQuery {
  readonly type: RepoType;
  /** Only repositories of this account; case is ignored. */
  readonly author?: string;
  /** Search texts. Each word of each text must match. */
  readonly search: readonly string[];
  /** Tags that entries must have. */
  readonly filters: readonly string[];
  readonly pipelineTag?: string;
  readonly sort: ListSort;
  readonly ascending: boolean;
  /** Entries on a page, 1 to 1000. */
  readonly limit: number;
  readonly shape: ListShape;
  /** Only repositories that are gated or not, or gated in this way. */
  readonly gated?: boolean | 'auto' | 'manual';
  /** Only models with a number of parameters in this range. */
  readonly parameters?: NumberRange;
  /** Set if a filter requires a property that only repositories of huggingface.co have. No local repository matches. */
  readonly hubOnly?: boolean;
  /** Only spaces that use one of these models and one of these datasets, according to their cards. */
  readonly uses?: {
    readonly models: readonly string[];
    readonly datasets: readonly string[];
    /** Only spaces that use any model or dataset. */
    readonly linked: boolean;
  };
  /** Parameters of lists that this hub does not use, but a source may. */
  readonly others: QueryPairs;
}

/** A repository in a list. Fields other than the id depend on its hub (contract D.4). */
export interface ListEntry {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Entries in upstream order. Entries that were filtered out are `undefined`, so that offsets stay aligned with the upstream page. */
export type ListEntries = readonly (ListEntry | undefined)[];

/** A page of a source's list. */
export interface ListPage {
  readonly entries: ListEntries;
  /** Whether the source has pages, linked by `Link` headers. Without pages, more entries require a higher limit. */
  readonly linked: boolean;
}
