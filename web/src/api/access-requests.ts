import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type ComputedRef, type Ref } from 'vue';
import { hubUrl } from './base-path';
import { fetchApi, nextPage, type Schemas } from './client';
import { apiUrl, repoPage } from './repo-urls';
import type { RepoName } from './repositories';
import { useMe } from './session';

export type OwnAccess = Schemas['OwnAccessDto'];
export type AccessRequest = Schemas['AccessRequestDto'];
export type RequestStatus = AccessRequest['status'];

const OPEN: OwnAccess = { hasAccess: true, status: null, reason: null };
const PAGE_SIZE = 50;
const requestsUrl = (repo: RepoName): string => `${apiUrl(repo)}/user-access-request`;

async function post(url: string, body: object): Promise<void> {
  await fetchApi(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', accept: 'application/json, text/html' }, // a request for access leads to a page
  });
}

/**
 * The user's access to the files of a repository; undefined while it loads.
 * @param isGated - repositories that are not gated are not requested
 */
export function useOwnAccess(repo: Ref<RepoName>, isGated: Ref<boolean>): ComputedRef<OwnAccess | undefined> {
  const me = useMe();
  const { data, isError } = useQuery({
    queryKey: ['access', repo, computed(() => me.value?.username ?? '')],
    queryFn: async ({ signal }) => (await (await fetchApi(requestsUrl(repo.value), { signal })).json()) as OwnAccess,
    enabled: computed(() => isGated.value && me.value !== undefined),
  });
  // after an error the files are requested, whose error explains it
  return computed(() => (isGated.value && !isError.value ? data.value : OPEN));
}

/** Requests access, with the answers to the form by their labels. */
export const requestAccess = (repo: RepoName, answers: Readonly<Record<string, string>>): Promise<void> =>
  post(repoPage(repo, 'ask-access'), answers);

export const withdrawRequest = (repo: RepoName): Promise<void> => post(`${requestsUrl(repo)}/cancel`, {});

export const decideRequest = (repo: RepoName, user: string, status: RequestStatus, reason?: string): Promise<void> =>
  post(`${requestsUrl(repo)}/handle`, {
    user,
    status,
    ...(reason && { [status === 'rejected' ? 'rejectionReason' : 'resetReason']: reason }),
  });

export const grantAccess = (repo: RepoName, user: string): Promise<void> =>
  post(`${requestsUrl(repo)}/grant`, { user });

/** URL of the file with all requests. */
export const reportUrl = (repo: RepoName): string => hubUrl(repoPage(repo, 'user-access-report'));

/** The requests for a repository with a status, oldest first. */
export function useAccessRequests(repo: Ref<RepoName>, status: Ref<RequestStatus>) {
  const url = computed(() => `${requestsUrl(repo.value)}/${status.value}?limit=${PAGE_SIZE}`);
  const query = useInfiniteQuery({
    queryKey: ['access-requests', url],
    queryFn: async ({ pageParam, signal }) => {
      const response = await fetchApi(pageParam || url.value, { signal });
      return { items: (await response.json()) as AccessRequest[], next: nextPage(response) };
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return { ...query, items: computed(() => query.data.value?.pages.flatMap(({ items }) => items) ?? []) };
}

/** Returns a function that reloads requests and the files that depend on them. */
export function useRefreshAccess(): () => Promise<void> {
  const queries = useQueryClient();
  const keys = ['access', 'access-requests', 'repository', 'folder', 'commits', 'latest-commit', 'readme-of'];
  return () => queries.invalidateQueries({ predicate: ({ queryKey }) => keys.includes(String(queryKey[0])) });
}
