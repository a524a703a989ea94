import { useQueries, useQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef, type Ref } from 'vue';
import { fetchPathsInfo, latestCommit, type PathAt, type TreeEntry } from '@/api/files';

export type LastCommit = NonNullable<TreeEntry['lastCommit']>;

/** How many paths are asked for at once: sources take their time over each. */
const AT_ONCE = 100;

/** The commits that made shown entries what they are; `null` where nobody knows, undefined while it is not known yet. */
export function useLastCommits(
  folder: Ref<PathAt>,
  shown: Ref<readonly TreeEntry[]>,
): ComputedRef<(path: string) => LastCommit | null | undefined> {
  const chunks = computed(() => {
    const paths = shown.value.map(({ path }) => path);
    return Array.from({ length: Math.ceil(paths.length / AT_ONCE) }, (_, n) =>
      paths.slice(n * AT_ONCE, (n + 1) * AT_ONCE),
    );
  });
  const answers = useQueries({
    queries: computed(() =>
      chunks.value.map((paths) => ({
        queryKey: ['last-commits', folder.value, paths],
        queryFn: ({ signal }: { signal: AbortSignal }) => fetchPathsInfo(folder.value, paths, signal),
      })),
    ),
  });
  return computed(() => {
    const known = new Map<string, LastCommit | null>();
    for (const { data } of answers.value)
      for (const { path, lastCommit } of data ?? []) known.set(path, lastCommit ?? null);
    const failed = new Set(chunks.value.filter((_, n) => answers.value[n]?.isError).flat());
    return (path) => (failed.has(path) ? null : known.get(path));
  });
}

/** The newest commit of a revision. */
export const useLatestCommit = (at: Ref<PathAt>, enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['latest-commit', computed(() => at.value.repo), computed(() => at.value.revision)],
    queryFn: ({ signal }) => latestCommit(at.value, signal),
    enabled,
  });
