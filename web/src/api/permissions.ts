import { computed, type ComputedRef, type Ref } from 'vue';
import { useWhoami } from './whoami';

/** What the signed-in person may do with what an account owns. */
export interface Permissions {
  readonly write: boolean;
  /** Settings, renaming, deleting. */
  readonly administer: boolean;
}

const NONE: Permissions = { write: false, administer: false };

/** @param owner name of the account that owns it; undefined where it is none of this hub's */
export function usePermissions(owner: Ref<string | undefined>): ComputedRef<Permissions> {
  const self = useWhoami();
  return computed(() => {
    const wanted = owner.value?.toLowerCase();
    if (!wanted || !self.value) return NONE;
    if (self.value.name.toLowerCase() === wanted) return { write: true, administer: true };
    const role = self.value.orgs.find(({ name }) => name.toLowerCase() === wanted)?.roleInOrg;
    return { write: role === 'admin' || role === 'write', administer: role === 'admin' };
  });
}
