import { useInfiniteQuery, useQuery, type InfiniteData } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { fetchApi, nextPage, type Schemas } from './client';
import { apiUrl, filePath } from './repo-urls';
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

async function fetchPage<T>(url: string, signal: AbortSignal): Promise<Page<T>> {
  const response = await fetchApi(url, { signal });
  const total = response.headers.get('x-total-count');
  return {
    items: (await response.json()) as T[],
    next: nextPage(response),
    total: total === null ? undefined : Number(total),
  };
}

function usePaginated<T>(key: string, url: Ref<string>, enabled?: Ref<boolean>) {
  const query = useInfiniteQuery<Page<T>, Error, InfiniteData<Page<T>>, unknown[], string>({
    queryKey: [key, url],
    queryFn: ({ pageParam, signal }) => fetchPage<T>(pageParam || url.value, signal),
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

/** The entries of a folder, in pages of 1000. */
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

/** Details of the given paths, each with its last commit. Paths that do not exist are left out. */
export async function fetchPathsInfo(
  { repo, revision }: Omit<PathAt, 'path'>,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<TreeEntry[]> {
  const response = await fetchApi(`${apiUrl(repo)}/paths-info/${encodeURIComponent(revision)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ paths, expand: true }),
    signal: signal ?? null,
  });
  return (await response.json()) as TreeEntry[];
}

/** Details of one path; `null` if it does not exist. */
export const usePath = (at: Ref<PathAt>, enabled?: Ref<boolean>) =>
  useQuery({
    queryKey: ['path', at],
    ...(enabled && { enabled }),
    queryFn: async ({ signal }) => (await fetchPathsInfo(at.value, [at.value.path], signal))[0] ?? null,
  });

/** The first bytes of a file. LFS files are read from `resolve`, because `raw` returns their pointer. */
export async function readFileStart(
  at: PathAt,
  entry: TreeEntry,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const url = filePath(at.repo, at.revision, at.path, entry.lfs ? 'resolve' : 'raw');
  const headers: Record<string, string> = entry.size > maxBytes ? { range: `bytes=0-${maxBytes - 1}` } : {};
  const response = await fetchApi(url, { headers, signal: signal ?? null });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return bytes.subarray(0, maxBytes);
}

/**
 * A byte range of a file.
 * @param end exclusive
 */
export async function readRange(at: PathAt, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
  const headers = { range: `bytes=${start}-${end - 1}` };
  const response = await fetchApi(filePath(at.repo, at.revision, at.path), { headers, signal: signal ?? null });
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Servers without range support send the whole file.
  return response.status === 206 ? bytes : bytes.subarray(start, end);
}

/** The latest commit of a revision, or `null` if there are no commits. */
export async function latestCommit(
  { repo, revision }: Omit<PathAt, 'path'>,
  signal?: AbortSignal,
): Promise<CommitEntry | null> {
  return (await newestCommits(repo, revision, { limit: 1, signal }))[0] ?? null;
}

/** The latest commit of a revision, and the ID of the one before it. Histories of this hub are linear, so that is its parent; at a source it may be on another branch. */
export async function commitAndParent(
  { repo, revision }: Omit<PathAt, 'path'>,
  signal?: AbortSignal,
): Promise<{ readonly commit?: CommitEntry; readonly parent?: string }> {
  const [commit, parent] = await newestCommits(repo, revision, { limit: 2, signal });
  return { ...(commit && { commit }), ...(parent && { parent: parent.id }) };
}

async function newestCommits(
  repo: RepoName,
  revision: string,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal | undefined },
): Promise<CommitEntry[]> {
  const url = `${apiUrl(repo)}/commits/${encodeURIComponent(revision)}?limit=${limit}`;
  return (await (await fetchApi(url, { signal: signal ?? null })).json()) as CommitEntry[];
}

/** The start of a text. */
interface TextStart {
  readonly text: string;
  readonly isComplete: boolean;
}

/** The start of a unified diff: complete lines with at most `maxLength` characters. */
export async function readDiff(path: string, maxLength: number, signal?: AbortSignal): Promise<TextStart> {
  const response = await fetchApi(path, { signal: signal ?? null });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += part.value;
    if (text.length <= maxLength) continue;
    await reader.cancel();
    return { text: text.slice(0, text.lastIndexOf('\n', maxLength - 1) + 1), isComplete: false };
  }
  return { text, isComplete: true };
}

/** Path of the unified diff between two revisions (`a..b`), or between a commit and its parent. */
export const comparisonPath = (repo: RepoName, range: string): string =>
  `${apiUrl(repo)}/compare/${encodeURIComponent(range)}`;
