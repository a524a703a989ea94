import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { Schemas } from '@/api/client';
import { admin } from '../admin-session';
import type { Source, SourceSetting } from './source-draft';

export type Health = Schemas['SourceHealthDto'];
export type TestResult = Schemas['SourceTestDto'];

const SOURCES_KEY = ['admin', 'sources'];
const REFETCH_INTERVAL_MS = 4000;

/** All sources in priority order. */
export const useSources = () =>
  useQuery({
    queryKey: SOURCES_KEY,
    queryFn: async ({ signal }) => (await admin.GET('/admin/api/fallback-sources', { signal })).data!,
    staleTime: 0,
  });

/** The health of the sources by ID; refreshed while the page is open. */
export function useHealth() {
  const query = useQuery({
    queryKey: ['admin', 'health'],
    queryFn: async ({ signal }) => (await admin.GET('/admin/api/fallback-sources/health', { signal })).data!,
    refetchInterval: REFETCH_INTERVAL_MS,
    staleTime: 0,
  });
  return { ...query, byId: computed(() => new Map(query.data.value?.map((health) => [health.id, health]))) };
}

const pathOf = ({ id }: Pick<Source, 'id'>) => ({ params: { path: { id: `${id}` } } });

export const createSource = (body: SourceSetting) => admin.POST('/admin/api/fallback-sources', { body });
export const updateSource = (source: Source, body: Partial<SourceSetting>) =>
  admin.PUT('/admin/api/fallback-sources/{id}', { ...pathOf(source), body });
export const deleteSource = (source: Source) => admin.DELETE('/admin/api/fallback-sources/{id}', pathOf(source));
export const replaceSources = (sources: SourceSetting[]) =>
  admin.PUT('/admin/api/fallback/sources-bulk-replace', { body: { sources } });

export const testDraft = async (body: SourceSetting): Promise<TestResult> =>
  (await admin.POST('/admin/api/fallback-sources/test', { body })).data!;
export const testSource = async (source: Source): Promise<TestResult> =>
  (await admin.POST('/admin/api/fallback-sources/{id}/test', pathOf(source))).data!;

export const readOffline = async (): Promise<Schemas['OfflineDto']> => (await admin.GET('/admin/api/offline')).data!;
export const setOffline = (offline: boolean) => admin.PUT('/admin/api/offline', { body: { offline } });

/** Reloads everything that depends on the sources. */
export function useRefreshSources(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ['admin'] });
}

/** Stores the sources from a response, which saves a request. */
export function useSetSources(): (sources: Source[]) => void {
  const queryClient = useQueryClient();
  return (sources) => void queryClient.setQueryData(SOURCES_KEY, sources);
}

export const orderSources = async (ids: Source['id'][]): Promise<Source[]> =>
  (await admin.PUT('/admin/api/fallback-sources/order', { body: { ids } })).data!;
