import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type ComputedRef } from 'vue';
import { hub, type Schemas } from './client';
import { useMe } from './session';

export type Whoami = Schemas['WhoamiDto'];
export type Role = Schemas['OwnOrganizationDto']['roleInOrg'];

const WHOAMI = ['whoami'];

/** The signed-in user with avatar and organizations; `undefined` if signed out or while loading. */
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

/** Returns a function to call after the user's avatar or memberships have changed. */
export function useRefreshWhoami(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: WHOAMI });
}
