import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type ComputedRef } from 'vue';
import { hub, type Schemas } from './client';
import { ApiError } from './api-error';

export type Me = Schemas['MeDto'];

const ME = ['me'];

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
  };
}

export function useSignOut(): { signOut: () => Promise<unknown> } {
  const refreshSession = useRefreshSession();
  const { mutateAsync } = useMutation({ mutationFn: () => hub.POST('/api/auth/logout'), onSuccess: refreshSession });
  return { signOut: () => mutateAsync() };
}
