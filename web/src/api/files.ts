import { useInfiniteQuery, useQuery, type InfiniteData } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { ask, nextPage, localUrl, type Schemas } from './client';
import { apiUrl, fileUrl } from './repo-urls';
import type { RepoName } from './repositories';

export type TreeEntry = Schemas['TreeEntry'];
export type CommitEntry = Schemas['CommitEntry'];

interface Page<T> {
  readonly items: T[];
  readonly next: string | undefined;
  readonly total: number | undefined;
}

/** A file or folder at a revision. */
export interface PathAt {
  readonly repo: RepoName;
  readonly revision: string;
  readonly path: string;
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

async function loadPage<T>(address: string, signal: AbortSignal): Promise<Page<T>> {
  const answer = await ask(address, { signal });
  const total = answer.headers.get('x-total-count');
  return {
    items: (await answer.json()) as T[],
    next: localUrl(nextPage(answer)),
    total: total === null ? undefined : Number(total),
  };
}

function usePaginated<T>(key: string, address: Ref<string>, enabled?: Ref<boolean>) {
  const query = useInfiniteQuery<Page<T>, Error, InfiniteData<Page<T>>, unknown[], string>({
    queryKey: [key, address],
    queryFn: ({ pageParam, signal }) => loadPage<T>(pageParam || address.value, signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    ...(enabled && { enabled }),
  });
  return {
    ...query,
    items: computed(() => query.data.value?.pages.flatMap(({ items }) => items) ?? []),
    total: computed(() => query.data.value?.pages[0]?.total),
  };
}

/** What a folder holds, in pages of a thousand. */
export const useFolder = (at: Ref<PathAt>) =>
  usePaginated<TreeEntry>(
    'folder',
    computed(() => {
      const { repo, revision, path } = at.value;
      return `${apiUrl(repo)}/tree/${encodeURIComponent(revision)}${path && `/${encoded(path)}`}`;
    }),
  );

/** The history of a revision, newest first. */
export const useCommits = (repo: Ref<RepoName>, revision: Ref<string>, enabled?: Ref<boolean>) =>
  usePaginated<CommitEntry>(
    'commits',
    computed(() => `${apiUrl(repo.value)}/commits/${encodeURIComponent(revision.value)}`),
    enabled,
  );

/** Those of the paths that exist, with the commits that made them what they are. */
export async function fetchPathsInfo(
  { repo, revision }: Omit<PathAt, 'path'>,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<TreeEntry[]> {
  const answer = await ask(`${apiUrl(repo)}/paths-info/${encodeURIComponent(revision)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ paths, expand: true }),
    signal: signal ?? null,
  });
  return (await answer.json()) as TreeEntry[];
}

/** One path, or `null` where there is none. */
export const usePath = (at: Ref<PathAt>, enabled?: Ref<boolean>) =>
  useQuery({
    queryKey: ['path', at],
    ...(enabled && { enabled }),
    queryFn: async ({ signal }) => (await fetchPathsInfo(at.value, [at.value.path], signal))[0] ?? null,
  });

/** A file's first bytes, or all of them where there are no more. A large file's come from `resolve`: `raw` has its pointer. */
export async function readFileStart(at: PathAt, entry: TreeEntry, most: number, signal?: AbortSignal): Promise<Uint8Array> {
  const address = fileUrl(at.repo, at.revision, at.path, entry.lfs ? 'resolve' : 'raw');
  const headers: Record<string, string> = entry.size > most ? { range: `bytes=0-${most - 1}` } : {};
  const answer = await ask(address, { headers, signal: signal ?? null });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return bytes.subarray(0, most);
}

/** A part of a file. @param end the byte after the last one */
export async function readRange(at: PathAt, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
  const headers = { range: `bytes=${start}-${end - 1}` };
  const answer = await ask(fileUrl(at.repo, at.revision, at.path), { headers, signal: signal ?? null });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  // A server that does not know ranges sends everything.
  return answer.status === 206 ? bytes : bytes.subarray(start, end);
}

/** The newest commit of a revision; undefined where there is none. */
export async function latestCommit(
  { repo, revision }: Omit<PathAt, 'path'>,
  signal?: AbortSignal,
): Promise<CommitEntry | null> {
  const address = `${apiUrl(repo)}/commits/${encodeURIComponent(revision)}?limit=1`;
  const [commit] = (await (await ask(address, { signal: signal ?? null })).json()) as CommitEntry[];
  return commit ?? null;
}
