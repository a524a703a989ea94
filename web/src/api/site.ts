import { useQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef } from 'vue';
import { hub, type Schemas } from './client';

/** Public settings of this hub; `undefined` while loading. */
export function useSite(): ComputedRef<Schemas['SiteDto'] | undefined> {
  const { data } = useQuery({
    queryKey: ['site'],
    queryFn: async () => (await hub.GET('/api/site-config')).data!,
    staleTime: Infinity,
  });
  return computed(() => data.value);
}

export function useSiteName(): ComputedRef<string> {
  const site = useSite();
  return computed(() => site.value?.site_name ?? 'Hubfall');
}
