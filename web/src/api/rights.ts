import { useQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef, type Ref } from 'vue';
import { hub } from './client';
import { useMe } from './session';

/** What the signed-in person may do with what an account owns. */
export interface Rights {
  readonly write: boolean;
  /** Settings, renaming, deleting. */
  readonly administer: boolean;
}

/** @param owner name of the account that owns it; undefined where it is none of this hub's */
export function useRights(owner: Ref<string | undefined>): ComputedRef<Rights> {
  const me = useMe();
  const { data: self } = useQuery({
    queryKey: ['whoami'],
    queryFn: async () => (await hub.GET('/api/whoami-v2')).data,
    enabled: computed(() => !!me.value),
    staleTime: Infinity,
  });
  return computed(() => {
    const wanted = owner.value?.toLowerCase();
    if (!wanted || !self.value) return { write: false, administer: false };
    if (self.value.name.toLowerCase() === wanted) return { write: true, administer: true };
    const role = self.value.orgs.find(({ name }) => name.toLowerCase() === wanted)?.roleInOrg;
    return { write: role === 'admin' || role === 'write', administer: role === 'admin' };
  });
}
