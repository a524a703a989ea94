import { computed, type ComputedRef } from 'vue';
import { useRoute } from 'vue-router';
import type { PathAt } from '@/api/files';
import { MAIN } from '@/api/repo-urls';
import { useRepositoryContext } from './repository-context';

/** The revision and path in the page's URL. */
export function usePathRoute(): ComputedRef<PathAt> {
  const route = useRoute();
  const { name } = useRepositoryContext();
  return computed(() => ({
    repo: name.value,
    revision: (route.params['revision'] as string | undefined) ?? MAIN,
    path: [route.params['path'] ?? []].flat().join('/'),
  }));
}
