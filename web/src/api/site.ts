import { useQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef } from 'vue';
import { hub, type Schemas } from './client';

/** What the hub's owner has decided; undefined while it is not known. */
export function useSite(): ComputedRef<Schemas['SiteDto'] | undefined> {
  const { data } = useQuery({
    queryKey: ['site'],
    queryFn: async () => (await hub.GET('/api/site-config')).data!,
    staleTime: Infinity,
  });
  return computed(() => data.value);
}

/** The name that the hub's owner gave it. */
export function useSiteName(): ComputedRef<string> {
  const site = useSite();
  return computed(() => site.value?.site_name ?? 'Hubfall');
}
