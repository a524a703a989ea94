import { failedSources } from '@domain/list-failures';
import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { hub, type Schemas } from './client';
import { isExternal, pagePath, type RepoInfo, type RepoType } from './repositories';

/** A type of results, as in the URL of the results page. */
export const SEARCH_TYPES = ['model', 'dataset', 'space', 'user', 'org'] as const;
export type SearchType = (typeof SEARCH_TYPES)[number];

export const SEARCH_TITLES: Readonly<Record<SearchType, string>> = {
  model: 'Models',
  dataset: 'Datasets',
  space: 'Spaces',
  user: 'Users',
  org: 'Organizations',
};

/** A repository, user or organization that was found. */
export interface SearchResult {
  readonly type: SearchType;
  /** Id of the repository or name of the account. */
  readonly id: string;
  /** Path of its page. */
  readonly path: string;
  readonly fullName?: string;
  readonly avatarUrl?: string;
  /** The external source; `undefined` for local results. */
  readonly source?: string;
  readonly sourceUrl?: string;
  /** For repositories. */
  readonly info?: RepoInfo;
}

export interface SearchGroup {
  readonly type: SearchType;
  readonly results: readonly SearchResult[];
  readonly hasMore: boolean;
}

interface Found {
  readonly groups: readonly SearchGroup[];
  /** Names of the sources that failed. */
  readonly failures: readonly string[];
}

const KEYS = { model: 'models', dataset: 'datasets', space: 'spaces', user: 'users', org: 'orgs' } as const;

const marksOf = (entry: { _source?: string; _source_url?: string }) =>
  isExternal(entry) ? { source: entry._source, ...(entry._source_url && { sourceUrl: entry._source_url }) } : {};

const ofRepository =
  (type: RepoType) =>
  (entry: unknown): SearchResult => {
    const info = entry as RepoInfo;
    return { type, id: info.id, path: pagePath(type, info.id), info, ...marksOf(info) };
  };

function ofAccount(
  type: 'user' | 'org',
  name: string,
  account: Schemas['FoundUserDto'] | Schemas['FoundOrganizationDto'],
): SearchResult {
  const { fullname, avatarUrl } = account;
  return { type, id: name, path: `/${name}`, fullName: fullname, avatarUrl, ...marksOf(account) };
}

function groupsOf(found: Schemas['QuickSearchDto']): SearchGroup[] {
  const results: Readonly<Record<SearchType, readonly SearchResult[]>> = {
    model: found.models.map(ofRepository('model')),
    dataset: found.datasets.map(ofRepository('dataset')),
    space: found.spaces.map(ofRepository('space')),
    user: found.users.map((user) => ofAccount('user', user.user, user)),
    org: found.orgs.map((org) => ofAccount('org', org.name, org)),
  };
  return SEARCH_TYPES.map((type) => ({
    type,
    results: results[type],
    hasMore: found._truncated?.includes(KEYS[type]) ?? false,
  }));
}

async function search(
  q: string,
  limit: number,
  options: { readonly local: boolean; readonly signal: AbortSignal },
): Promise<Found> {
  const { data, response } = await hub.GET('/api/quicksearch', {
    params: { query: { q, limit: String(limit), ...(options.local && { fallback: 'false' }) } },
    signal: options.signal,
  });
  return { groups: groupsOf(data!), failures: failedSources(response.headers.get('x-source-failures')) };
}

/**
 * Searches this hub, and all sources at the same time. Results of this hub are there first.
 *
 * @param text - nothing is searched for while it is empty
 * @param limit - results of each type
 */
export function useQuickSearch(text: Readonly<Ref<string>>, limit: number) {
  const options = (local: boolean) => ({
    queryKey: ['search', text, limit, local],
    queryFn: ({ signal }: { signal: AbortSignal }) => search(text.value, limit, { local, signal }),
    enabled: () => text.value !== '',
    staleTime: 30_000,
  });
  const local = useQuery({ ...options(true), placeholderData: keepPreviousData });
  const all = useQuery(options(false));
  const found = computed(() => all.data.value ?? local.data.value);
  return {
    groups: computed(() => found.value?.groups ?? []),
    failures: computed(() => all.data.value?.failures ?? []),
    /** Whether no results are known yet. */
    isPending: computed(() => !found.value && !local.error.value),
    /** Whether results of sources may be added. */
    isSearchingSources: computed(() => all.isFetching.value && !all.data.value),
    error: computed(() => (found.value ? null : local.error.value)),
    refetch: () => Promise.all([local.refetch(), all.refetch()]),
  };
}

/** Searches the texts of local cards. */
export const useCardSearch = (text: Readonly<Ref<string>>, limit: number) =>
  useQuery({
    queryKey: ['search-cards', text, limit],
    queryFn: async ({ signal }) => {
      const query = { q: text.value, limit: String(limit) };
      return (await hub.GET('/api/search/full-text', { params: { query }, signal })).data!;
    },
    enabled: () => text.value !== '',
    staleTime: 30_000,
  });

/** The page of the repository with this id: on this hub, otherwise at a source, otherwise that of a model, which reports that it does not exist. */
export async function pageOfId(id: string): Promise<string> {
  const signal = AbortSignal.timeout(10_000);
  for (const local of [true, false]) {
    const found = await search(id, 5, { local, signal }).catch(() => undefined);
    const exact = found?.groups.flatMap(({ results }) => results).find((result) => isSameId(result.id, id));
    if (exact) return exact.path;
  }
  return `/${id}`;
}

/** Ids ignore case. */
export const isSameId = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
