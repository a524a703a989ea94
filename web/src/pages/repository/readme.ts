import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { fetchPathsInfo, readFileStart, type PathAt, type TreeEntry } from '@/api/files';

/** A card longer than this is no text for people. */
const LONGEST = 2_000_000;

export const readmePath = (folder: string): string => (folder ? `${folder}/README.md` : 'README.md');

/** A folder's README.md as text. */
export async function loadReadme(folder: PathAt, entry: TreeEntry, signal?: AbortSignal): Promise<string> {
  const at = { ...folder, path: readmePath(folder.path) };
  return new TextDecoder().decode(await readFileStart(at, entry, LONGEST, signal));
}

/** The README of a repository; `null` where it has none. Looked for first, since a "not found" is no answer worth an error. */
export const useCard = (root: Ref<Omit<PathAt, 'path'>>, version: Ref<string | undefined>) =>
  useQuery({
    queryKey: ['card', computed(() => root.value.repo), computed(() => root.value.revision), version],
    queryFn: async ({ signal }) => {
      const folder = { ...root.value, path: '' };
      const [entry] = await fetchPathsInfo(folder, [readmePath('')], signal);
      return entry?.type === 'file' ? loadReadme(folder, entry, signal) : null;
    },
  });
