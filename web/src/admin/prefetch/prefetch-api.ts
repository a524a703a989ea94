import { useQuery, useQueryClient } from '@tanstack/vue-query';
import type { Schemas } from '@/api/client';
import { admin } from '../admin-session';

export type PrefetchJob = Schemas['PrefetchJobDto'];
export type PrefetchForecast = Schemas['PrefetchForecastDto'];
export type PrefetchRequest = Schemas['PrefetchRequestDto'];

const JOBS_KEY = ['admin', 'prefetch'];
const REFETCH_INTERVAL_MS = 2000;

/** The newest jobs; refreshed while the page is open. */
export const usePrefetchJobs = () =>
  useQuery({
    queryKey: JOBS_KEY,
    queryFn: async ({ signal }) => (await admin.GET('/admin/api/prefetch', { signal })).data!.jobs,
    refetchInterval: REFETCH_INTERVAL_MS,
    staleTime: 0,
  });

/** Reloads the jobs. */
export function useRefreshJobs(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: JOBS_KEY });
}

const pathOf = ({ id }: Pick<PrefetchJob, 'id'>) => ({ params: { path: { id } } });

export const forecastJob = async (repos: PrefetchRequest['repos']): Promise<PrefetchForecast> =>
  (await admin.POST('/admin/api/prefetch/forecast', { body: { repos } })).data!;
export const startJob = (body: PrefetchRequest) => admin.POST('/admin/api/prefetch', { body });
export const pauseJob = (job: PrefetchJob) => admin.POST('/admin/api/prefetch/{id}/pause', pathOf(job));
export const resumeJob = (job: PrefetchJob) => admin.POST('/admin/api/prefetch/{id}/resume', pathOf(job));
export const cancelJob = async (job: PrefetchJob): Promise<string> =>
  (await admin.DELETE('/admin/api/prefetch/{id}', pathOf(job))).data!.message;
export const errorsOf = async (job: PrefetchJob) =>
  (await admin.GET('/admin/api/prefetch/{id}', pathOf(job))).data!.errors;
