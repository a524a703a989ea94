import { useQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef, type Ref } from 'vue';
import { fetchApi } from '@/api/client';
import type { RepoInfo } from '@/api/repositories';
import type { WatchedItem } from './webhook-draft';

const MAX_SUGGESTIONS = 8;

/** Names that complete the text: local repositories, or the user and their organizations. */
export function useWatchSuggestions(
  type: Ref<WatchedItem['type']>,
  text: Ref<string>,
  accounts: Ref<readonly Pick<WatchedItem, 'type' | 'name'>[]>,
): ComputedRef<readonly string[]> {
  const isRepository = computed(() => type.value !== 'user' && type.value !== 'org');
  const { data } = useQuery({
    queryKey: ['webhooks', 'suggestions', type, text],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ search: text.value, limit: `${MAX_SUGGESTIONS}`, fallback: 'false' });
      const response = await fetchApi(`/api/${type.value}s?${query}`, { signal });
      return ((await response.json()) as RepoInfo[]).map(({ id }) => id);
    },
    enabled: computed(() => isRepository.value && text.value !== ''),
    retry: false,
  });
  return computed(() => {
    if (isRepository.value) return data.value ?? [];
    return accounts.value.filter((account) => account.type === type.value).map(({ name }) => name);
  });
}
