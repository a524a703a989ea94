import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { fetchApi, nextPage } from '@/api/client';
import type { TreeEntry } from '@/api/files';
import { apiUrl } from '@/api/repo-urls';
import type { RepoName } from '@/api/repositories';

/** Further files of a dataset are not considered. */
const MAX_FILES = 5_000;

/** The files of a repository at a commit or branch, without folders. */
export const useAllFiles = (repo: Ref<RepoName>, revision: Ref<string>, enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['all-files', computed(() => apiUrl(repo.value)), revision],
    enabled,
    queryFn: async ({ signal }) => {
      const files: TreeEntry[] = [];
      let url: string | undefined = `${apiUrl(repo.value)}/tree/${encodeURIComponent(revision.value)}?recursive=true`;
      while (url && files.length < MAX_FILES) {
        const response: Response = await fetchApi(url, { signal });
        files.push(...((await response.json()) as TreeEntry[]).filter(({ type }) => type === 'file'));
        url = nextPage(response);
      }
      return { files: files.slice(0, MAX_FILES), isComplete: url === undefined && files.length <= MAX_FILES };
    },
  });
