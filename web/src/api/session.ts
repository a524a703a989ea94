import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type ComputedRef } from 'vue';
import { hub, type Schemas } from './client';
import { ApiError } from './api-error';

export type Me = Schemas['MeDto'];

const ME = ['me'];

/** Who is signed in in this browser; `null` for nobody, undefined while that is not known. */
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

/** Forgets everything that was answered to whoever was signed in before. */
export function useRefreshSession(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] });
    await queries.refetchQueries({ queryKey: ME });
  };
}

export function useSignOut(): { signOut: () => Promise<unknown> } {
  const changed = useRefreshSession();
  const { mutateAsync } = useMutation({ mutationFn: () => hub.POST('/api/auth/logout'), onSuccess: changed });
  return { signOut: () => mutateAsync() };
}
