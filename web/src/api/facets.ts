import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { fetchApi, type Schemas } from './client';
import { filterParameters, type ListQuery } from './lists';

export type Facet = Schemas['FacetDto'];

/** Counts of local repositories by the values of their facets, for the filters of a list. */
export function useFacets(list: Readonly<Ref<ListQuery>>) {
  const path = computed(() => `/api/${list.value.type}s-facets?${filterParameters(list.value)}`);
  return useQuery({
    queryKey: ['facets', path],
    queryFn: async ({ signal }) => (await (await fetchApi(path.value, { signal })).json()) as Schemas['FacetsDto'],
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}
