import { useQuery } from '@tanstack/vue-query';
import type { Schemas } from '@/api/client';
import { admin } from '../admin-session';

export type HeldRepository = Schemas['HeldRepositoryDto'];
export type Pin = Schemas['PinDto'];

/** Key of all queries about cached files. */
export const CACHE_KEY = ['admin', 'content-cache'];
export const PAGE_SIZE = 25;
const REFETCH_INTERVAL_MS = 5000;

/** The size of the cache, and what it did in the last hour. */
export const useCacheStats = () =>
  useQuery({
    queryKey: [...CACHE_KEY, 'stats'],
    queryFn: async ({ signal }) => (await admin.GET('/admin/api/content-cache/stats', { signal })).data!,
    refetchInterval: REFETCH_INTERVAL_MS,
    staleTime: 0,
  });

/** An id for a pin of these repositories. */
export const pinIdOf = (repos: string, more = ''): string =>
  `${repos}${more}`.replaceAll(/[^\w.-]+/g, '-').slice(0, 64);

/** The name of a repository in pins. */
export const pinName = ({ type, id }: Pick<HeldRepository, 'type' | 'id'>): string => `${type}:${id}`;
