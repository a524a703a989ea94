import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, onMounted, onUnmounted, type ComputedRef } from 'vue';
import { hub, type Schemas } from './client';
import { ApiError } from './api-error';

export type Me = Schemas['MeDto'];

const ME = ['me'];
/** Connects the tabs of a browser. A tab does not get its own messages. */
const tabs = new BroadcastChannel('session');

/** The signed-in user; `null` if signed out, `undefined` while loading. */
export function useMe(): ComputedRef<Me | null | undefined> {
  const { data } = useQuery({ queryKey: ME, queryFn: fetchMe, staleTime: Infinity });
  return computed(() => data.value);
}

async function fetchMe(): Promise<Me | null> {
  try {
    const { data } = await hub.GET('/api/auth/me');
    return data ?? null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** Returns a function that drops all cached data of the previous user. Call it after signing in or out. */
export function useRefreshSession(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] });
    await queries.refetchQueries({ queryKey: ME });
    tabs.postMessage('changed');
  };
}

/** Reloads the page if another tab has signed in or out, so that it does not show pages of another user, or act for them. */
export function useSessionOfOtherTabs(): void {
  const queries = useQueryClient();
  const check = async (): Promise<void> => {
    const shown = queries.getQueryData<Me | null>(ME);
    if (shown === undefined) return;
    const current = await fetchMe().catch(() => shown);
    if (current?.username !== shown?.username) location.reload();
  };
  const onMessage = (): void => void check();
  const onVisible = (): void => void (document.visibilityState === 'visible' && check());
  onMounted(() => {
    tabs.addEventListener('message', onMessage);
    document.addEventListener('visibilitychange', onVisible);
  });
  onUnmounted(() => {
    tabs.removeEventListener('message', onMessage);
    document.removeEventListener('visibilitychange', onVisible);
  });
}

/** Signs out. Returns the page that ends the session at the sign-in provider, if there is one. */
export function useSignOut(): { signOut: () => Promise<string | undefined> } {
  const refreshSession = useRefreshSession();
  const { mutateAsync } = useMutation({
    mutationFn: async () => (await hub.POST('/api/auth/logout')).data?.provider_url ?? undefined,
    onSuccess: refreshSession,
  });
  return { signOut: () => mutateAsync() };
}
