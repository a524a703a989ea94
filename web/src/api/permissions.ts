import { computed, type ComputedRef, type Ref } from 'vue';
import { useWhoami } from './whoami';

/** The signed-in user's permissions in a namespace. */
export interface Permissions {
  readonly write: boolean;
  /** Change settings, rename, delete. */
  readonly admin: boolean;
}

const NONE: Permissions = { write: false, admin: false };

/** @param owner name of a local account; `undefined` for external repositories */
export function usePermissions(owner: Ref<string | undefined>): ComputedRef<Permissions> {
  const whoami = useWhoami();
  return computed(() => {
    const namespace = owner.value?.toLowerCase();
    if (!namespace || !whoami.value) return NONE;
    if (whoami.value.name.toLowerCase() === namespace) return { write: true, admin: true };
    const role = whoami.value.orgs.find(({ name }) => name.toLowerCase() === namespace)?.roleInOrg;
    return { write: role === 'admin' || role === 'write', admin: role === 'admin' };
  });
}
