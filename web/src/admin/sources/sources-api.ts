import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { Schemas } from '@/api/client';
import { admin } from '../admin-session';
import type { Source, SourceSetting } from './source-draft';

export type Health = Schemas['SourceHealthDto'];
export type TestResult = Schemas['SourceTestDto'];

const SOURCES = ['admin', 'sources'];
const EVERY_MS = 4000;

/** All sources in the order in which they are asked. */
export const useSources = () =>
  useQuery({
    queryKey: SOURCES,
    queryFn: async ({ signal }) => (await admin.GET('/admin/api/fallback-sources', { signal })).data!,
    staleTime: 0,
  });

/** How each source is doing, by its id; asked again and again while the page is looked at. */
export function useHealth() {
  const query = useQuery({
    queryKey: ['admin', 'health'],
    queryFn: async ({ signal }) => (await admin.GET('/admin/api/fallback-sources/health', { signal })).data!,
    refetchInterval: EVERY_MS,
    staleTime: 0,
  });
  return { ...query, byId: computed(() => new Map(query.data.value?.map((one) => [one.id, one]))) };
}

const at = ({ id }: Pick<Source, 'id'>) => ({ params: { path: { id: `${id}` } } });

export const createSource = (body: SourceSetting) => admin.POST('/admin/api/fallback-sources', { body });
export const changeSource = (source: Source, body: Partial<SourceSetting>) =>
  admin.PUT('/admin/api/fallback-sources/{id}', { ...at(source), body });
export const deleteSource = (source: Source) => admin.DELETE('/admin/api/fallback-sources/{id}', at(source));
export const replaceSources = (sources: SourceSetting[]) =>
  admin.PUT('/admin/api/fallback/sources-bulk-replace', { body: { sources } });

export const testDraft = async (body: SourceSetting): Promise<TestResult> =>
  (await admin.POST('/admin/api/fallback-sources/test', { body })).data!;
export const testSource = async (source: Source): Promise<TestResult> =>
  (await admin.POST('/admin/api/fallback-sources/{id}/test', at(source))).data!;

/** Whatever depends on the sources is asked anew. */
export function useSourcesChange(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['admin'] });
}

/** The sources as the hub has told them with an answer. */
export function useKnownSources(): (sources: Source[]) => void {
  const queries = useQueryClient();
  return (sources) => void queries.setQueryData(SOURCES, sources);
}

export const orderSources = async (ids: Source['id'][]): Promise<Source[]> =>
  (await admin.PUT('/admin/api/fallback-sources/order', { body: { ids } })).data!;
