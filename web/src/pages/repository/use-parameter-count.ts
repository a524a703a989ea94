import { useQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef, type Ref } from 'vue';
import { fetchPathsInfo } from '@/api/files';
import { MAIN } from '@/api/repo-urls';
import type { RepoName } from '@/api/repositories';
import { readSafetensors } from './safetensors';

const WEIGHTS = 'model.safetensors';

/** The number of parameters from the header of `model.safetensors`; `undefined` if the model has no such file. */
export function useParameterCount(repo: Ref<RepoName>, enabled: Ref<boolean>): ComputedRef<number | undefined> {
  const { data } = useQuery({
    queryKey: ['parameters', repo],
    queryFn: async ({ signal }) => {
      const at = { repo: repo.value, revision: MAIN, path: WEIGHTS };
      const [entry] = await fetchPathsInfo(at, [WEIGHTS], signal);
      return entry ? (await readSafetensors(at, signal)).parameters : null;
    },
    enabled,
    retry: false,
  });
  return computed(() => data.value ?? undefined);
}
