import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { fetchPathsInfo, readFileStart, type PathAt, type TreeEntry } from '@/api/files';

const MAX_README_BYTES = 2_000_000;

export const readmePath = (folder: string): string => (folder ? `${folder}/README.md` : 'README.md');

export async function loadReadme(folder: PathAt, entry: TreeEntry, signal?: AbortSignal): Promise<string> {
  const at = { ...folder, path: readmePath(folder.path) };
  return new TextDecoder().decode(await readFileStart(at, entry, MAX_README_BYTES, signal));
}

/** The README.md of a repository; `null` if it has none. Its existence is checked first, to avoid a 404 in the browser's console. */
export const useCard = (root: Ref<Omit<PathAt, 'path'>>, version: Ref<string | undefined>) =>
  useQuery({
    queryKey: ['card', computed(() => root.value.repo), computed(() => root.value.revision), version],
    queryFn: async ({ signal }) => {
      const folder = { ...root.value, path: '' };
      const [entry] = await fetchPathsInfo(folder, [readmePath('')], signal);
      return entry?.type === 'file' ? loadReadme(folder, entry, signal) : null;
    },
  });
