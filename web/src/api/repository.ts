import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { ask, type Schemas } from './client';
import { apiUrl } from './repo-urls';
import { idOf, type RepoInfo, type RepoName, type RepoType } from './repositories';

export type Refs = Schemas['Refs'];

/** What the pages show; the files of a repository are asked for where they are shown, since there may be a hundred thousand. */
const FIELDS = 'author cardData createdAt disabled lastModified likes private sha tags usedStorage'.split(' ');
/** huggingface.co refuses fields that it does not know of a type. */
const MORE: Readonly<Record<RepoType, readonly string[]>> = {
  model: ['downloads', 'gated', 'library_name', 'pipeline_tag', 'safetensors', 'gguf'],
  dataset: ['downloads', 'gated'],
  space: ['sdk'],
};

async function load(name: RepoName, signal: AbortSignal): Promise<RepoInfo> {
  const query = new URLSearchParams([...FIELDS, ...MORE[name.type]].map((field) => ['expand', field]));
  return (await (await ask(`${apiUrl(name)}?${query}`, { signal })).json()) as RepoInfo;
}

/** What the hub, or a source, says of a repository. Its `id` is another than the asked one where it has moved. */
export const useRepository = (name: Ref<RepoName>) =>
  useQuery({
    queryKey: ['repository', computed(() => name.value.type), computed(() => idOf(name.value))],
    queryFn: ({ signal }) => load(name.value, signal),
  });

/** Its branches and tags. */
export const useRefs = (name: Ref<RepoName>) =>
  useQuery({
    queryKey: ['refs', computed(() => apiUrl(name.value))],
    queryFn: async ({ signal }) => (await (await ask(`${apiUrl(name.value)}/refs`, { signal })).json()) as Refs,
  });
