import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { fetchApi, staleSince, type Schemas } from './client';
import { apiUrl } from './repo-urls';
import { idOf, type RepoInfo, type RepoName, type RepoType } from './repositories';

export type Refs = Schemas['Refs'];

/** Fields that the pages use. `siblings` is not one of them: a repository can have 100,000 files, so the file list is paginated. */
const FIELDS = 'author cardData createdAt disabled lastModified likes private sha tags usedStorage'.split(' ');
/** huggingface.co rejects fields that a repository type does not have. */
const FIELDS_BY_TYPE: Readonly<Record<RepoType, readonly string[]>> = {
  model: ['downloads', 'downloadsAllTime', 'gated', 'library_name', 'pipeline_tag', 'safetensors', 'gguf'],
  dataset: ['downloads', 'downloadsAllTime', 'gated'],
  space: ['sdk'],
};

async function fetchRepository(name: RepoName, signal: AbortSignal): Promise<RepoInfo> {
  const query = new URLSearchParams([...FIELDS, ...FIELDS_BY_TYPE[name.type]].map((field) => ['expand', field]));
  const response = await fetchApi(`${apiUrl(name)}?${query}`, { signal });
  const info = (await response.json()) as RepoInfo;
  return { ...info, staleSince: staleSince(response) };
}

/** A local or external repository. If it was renamed, `id` differs from the requested one. */
export const useRepository = (name: Ref<RepoName>) =>
  useQuery({
    queryKey: ['repository', computed(() => name.value.type), computed(() => idOf(name.value))],
    queryFn: ({ signal }) => fetchRepository(name.value, signal),
  });

/** Branches and tags. */
export const useRefs = (name: Ref<RepoName>) =>
  useQuery({
    queryKey: ['refs', computed(() => apiUrl(name.value))],
    queryFn: async ({ signal }) => (await (await fetchApi(`${apiUrl(name.value)}/refs`, { signal })).json()) as Refs,
  });
