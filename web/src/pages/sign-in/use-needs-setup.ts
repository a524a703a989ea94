import { useQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef } from 'vue';
import { hub } from '@/api/client';

/** Whether the hub has no users yet; `undefined` while loading. */
export function useNeedsSetup(): ComputedRef<boolean | undefined> {
  const { data } = useQuery({
    queryKey: ['setup'],
    queryFn: async () => (await hub.GET('/api/auth/setup')).data!.required,
    staleTime: 0,
  });
  return computed(() => data.value);
}
