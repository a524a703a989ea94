import { useInfiniteQuery, type InfiniteData } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { ask, nextPage, localUrl } from './client';
import type { RepoInfo, RepoType } from './repositories';

/** What a list is asked for; what is empty is not sent. */
export interface ListQuery {
  readonly type: RepoType;
  readonly author?: string;
  readonly search?: string;
  readonly filter?: readonly string[];
  readonly pipeline_tag?: string;
  readonly sort?: string;
  readonly limit?: number;
  /** `false`: the hub's own alone. */
  readonly fallback?: boolean;
}

interface Page {
  readonly entries: RepoInfo[];
  /** Names of sources that failed to answer. */
  readonly failures: string[];
  readonly next: string | undefined;
}

const EXPAND = ['author', 'lastModified', 'downloads', 'likes', 'tags', 'private', 'gated'];

function addressOf({ type, filter = [], ...wish }: ListQuery): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wish))
    if (value !== undefined && value !== '') query.append(name, `${value}`);
  for (const one of filter) query.append('filter', one);
  for (const field of [...EXPAND, ...(type === 'model' ? ['pipeline_tag', 'library_name'] : [])])
    query.append('expand', field);
  return `/api/${type}s?${query}`;
}

async function loadPage(address: string, signal: AbortSignal): Promise<Page> {
  const answer = await ask(address, { signal });
  return {
    entries: (await answer.json()) as RepoInfo[],
    failures: (answer.headers.get('x-source-failures') ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
    next: localUrl(nextPage(answer)),
  };
}

/** A list that grows page by page. */
export function useList(wish: Ref<ListQuery>) {
  const query = useInfiniteQuery<Page, Error, InfiniteData<Page>, unknown[], string>({
    queryKey: ['list', wish],
    queryFn: ({ pageParam, signal }) => loadPage(pageParam || addressOf(wish.value), signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return {
    ...query,
    entries: computed(() => query.data.value?.pages.flatMap(({ entries }) => entries) ?? []),
    failures: computed(() => [...new Set(query.data.value?.pages.flatMap(({ failures }) => failures))]),
  };
}
