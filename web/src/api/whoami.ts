import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type ComputedRef } from 'vue';
import { hub, type Schemas } from './client';
import { useMe } from './session';

export type Whoami = Schemas['WhoamiDto'];
export type Role = Schemas['OwnOrganizationDto']['roleInOrg'];

const WHOAMI = ['whoami'];

/** The signed-in account with its picture and organizations; undefined for nobody, and while that is not known. */
export function useWhoami(): ComputedRef<Whoami | undefined> {
  const me = useMe();
  const { data } = useQuery({
    queryKey: WHOAMI,
    queryFn: async () => (await hub.GET('/api/whoami-v2')).data!,
    enabled: computed(() => !!me.value),
    staleTime: Infinity,
  });
  return computed(() => (me.value ? data.value : undefined));
}

/** To be called when one has another picture or place in an organization. */
export function useRefreshWhoami(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: WHOAMI });
}
