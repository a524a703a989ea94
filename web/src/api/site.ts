import { useQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef } from 'vue';
import { ask } from './client';

interface Site {
  readonly site_name: string;
}

/** The name that the hub's owner gave it. */
export function useSiteName(): ComputedRef<string> {
  const { data } = useQuery({
    queryKey: ['site'],
    queryFn: async () => (await (await ask('/api/site-config')).json()) as Site,
    staleTime: Infinity,
  });
  return computed(() => data.value?.site_name ?? 'Hubfall');
}
