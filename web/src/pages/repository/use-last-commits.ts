import { useQueries, useQuery } from '@tanstack/vue-query';
import { computed, type ComputedRef, type Ref } from 'vue';
import { fetchPathsInfo, latestCommit, type PathAt, type TreeEntry } from '@/api/files';

export type LastCommit = NonNullable<TreeEntry['lastCommit']>;

/** Paths per request: sources are slow at looking up last commits. */
const CHUNK_SIZE = 100;

/** Looks up the last commits of the visible entries; `null` if unknown, `undefined` while loading. */
export function useLastCommits(
  folder: Ref<PathAt>,
  visible: Ref<readonly TreeEntry[]>,
): ComputedRef<(path: string) => LastCommit | null | undefined> {
  const chunks = computed(() => {
    const paths = visible.value.map(({ path }) => path);
    return Array.from({ length: Math.ceil(paths.length / CHUNK_SIZE) }, (_, n) =>
      paths.slice(n * CHUNK_SIZE, (n + 1) * CHUNK_SIZE),
    );
  });
  const results = useQueries({
    queries: computed(() =>
      chunks.value.map((paths) => ({
        queryKey: ['last-commits', folder.value, paths],
        queryFn: ({ signal }: { signal: AbortSignal }) => fetchPathsInfo(folder.value, paths, signal),
      })),
    ),
  });
  return computed(() => {
    const commits = new Map<string, LastCommit | null>();
    for (const { data } of results.value)
      for (const { path, lastCommit } of data ?? []) commits.set(path, lastCommit ?? null);
    const failed = new Set(chunks.value.filter((_, n) => results.value[n]?.isError).flat());
    return (path) => (failed.has(path) ? null : commits.get(path));
  });
}

/** The newest commit of a revision. */
export const useLatestCommit = (at: Ref<PathAt>, enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['latest-commit', computed(() => at.value.repo), computed(() => at.value.revision)],
    queryFn: ({ signal }) => latestCommit(at.value, signal),
    enabled,
  });
