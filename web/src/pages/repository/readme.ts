import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { describePaths, readHead, type PathAt } from '@/api/files';

/** A card longer than this is no text for people. */
const LONGEST = 2_000_000;

/** A folder's README.md as text; `null` where it has none. Asked for by listing, since a "not found" is no answer worth an error. */
export const useReadme = (folder: Ref<PathAt>, version?: Ref<string | undefined>) =>
  useQuery({
    queryKey: ['readme', folder, version],
    queryFn: async ({ signal }) => {
      const at = { ...folder.value, path: readmePath(folder.value.path) };
      const [entry] = await describePaths(at, [at.path], signal);
      if (entry?.type !== 'file') return null;
      return new TextDecoder().decode(await readHead(at, entry, LONGEST, signal));
    },
  });

export const readmePath = (folder: string): string => (folder ? `${folder}/README.md` : 'README.md');

/** The README of the whole repository as it is now. */
export const useCard = (folder: Ref<Omit<PathAt, 'path'>>, version: Ref<string | undefined>) =>
  useReadme(
    computed(() => ({ ...folder.value, path: '' })),
    version,
  );
