import { failedSources } from '@domain/list-failures';
import { useInfiniteQuery, type InfiniteData } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { fetchApi, nextPage, staleSince } from './client';
import type { RepoInfo, RepoType } from './repositories';

/** Parameters of a repository list. Empty ones are not sent. */
export interface ListQuery {
  readonly type: RepoType;
  readonly author?: string;
  readonly search?: string;
  readonly filter?: readonly string[];
  /** Selected values of facets, by parameter. */
  readonly facets?: Readonly<Record<string, readonly string[]>>;
  readonly sort?: string;
  readonly limit?: number;
  /** `false` lists local repositories only. */
  readonly fallback?: boolean;
}

interface Page {
  readonly entries: RepoInfo[];
  /** Names of the sources that failed. */
  readonly failures: string[];
  readonly next: string | undefined;
  /** The time of entries that are old because their source does not respond. */
  readonly staleSince: string | undefined;
}

const EXPAND = ['author', 'lastModified', 'downloads', 'likes', 'tags', 'private', 'gated'];

/** The parameters that decide which repositories are in the list. */
export function filterParameters({ author, search, filter = [], facets = {} }: ListQuery): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ author, search })) if (value) query.append(name, value);
  for (const tag of filter) query.append('filter', tag);
  for (const [name, values] of Object.entries(facets)) for (const value of values) query.append(name, value);
  return query;
}

function listUrl(list: ListQuery): string {
  const { type, sort, limit, fallback } = list;
  const query = filterParameters(list);
  for (const [name, value] of Object.entries({ sort, limit, fallback }))
    if (value !== undefined && value !== '') query.append(name, `${value}`);
  for (const field of [...EXPAND, ...(type === 'model' ? ['pipeline_tag', 'library_name'] : [])])
    query.append('expand', field);
  return `/api/${type}s?${query}`;
}

async function fetchPage(url: string, signal: AbortSignal): Promise<Page> {
  const response = await fetchApi(url, { signal });
  return {
    entries: (await response.json()) as RepoInfo[],
    failures: failedSources(response.headers.get('x-source-failures')),
    next: nextPage(response),
    staleSince: staleSince(response),
  };
}

/** A repository list with infinite paging. */
export function useList(params: Ref<ListQuery>) {
  const query = useInfiniteQuery<Page, Error, InfiniteData<Page>, unknown[], string>({
    queryKey: ['list', params],
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam || listUrl(params.value), signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return {
    ...query,
    entries: computed(() => query.data.value?.pages.flatMap(({ entries }) => entries) ?? []),
    failures: computed(() => [...new Set(query.data.value?.pages.flatMap(({ failures }) => failures))]),
    staleSince: computed(() => query.data.value?.pages.map((page) => page.staleSince).find(Boolean)),
  };
}
