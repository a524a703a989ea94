import { useQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef, type Ref } from 'vue';
import { fetchPathsInfo } from '@/api/files';
import { MAIN } from '@/api/repo-urls';
import type { RepoName } from '@/api/repositories';
import { readSafetensors } from './safetensors';

const WEIGHTS = 'model.safetensors';

/** How many parameters a model's weights have, counted from their header; undefined where there are none in one file. */
export function useParameterCount(repo: Ref<RepoName>, wanted: Ref<boolean>): ComputedRef<number | undefined> {
  const { data } = useQuery({
    queryKey: ['parameters', repo],
    queryFn: async ({ signal }) => {
      const at = { repo: repo.value, revision: MAIN, path: WEIGHTS };
      const [entry] = await fetchPathsInfo(at, [WEIGHTS], signal);
      return entry ? (await readSafetensors(at, signal)).parameters : null;
    },
    enabled: wanted,
    retry: false,
  });
  return computed(() => data.value ?? undefined);
}
