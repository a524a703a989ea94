import { useQuery } from '@tanstack/vue-query';
import type { Schemas } from '@/api/client';
import { admin } from '../admin-session';
import { pinIdFor, type PinSetting } from './pin-id';

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

/** Pins files, in addition to all other pins. */
export async function addPin(setting: PinSetting): Promise<void> {
  const { pins } = (await admin.GET('/admin/api/content-cache/pins')).data!;
  const id = pinIdFor(setting, pins);
  await admin.PUT('/admin/api/content-cache/pins/{id}', { params: { path: { id } }, body: setting });
}

/** The name of a repository in pins. */
export const pinName = ({ type, id }: Pick<HeldRepository, 'type' | 'id'>): string => `${type}:${id}`;
