import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, watch } from 'vue';
import type { Schemas } from '@/api/client';
import { useAction } from '@/api/use-action';
import { formatBytes, formatCount } from '@/composables/format-numbers';
import { toast } from '@/composables/use-toasts';
import { admin } from '../admin-session';

export type Collection = Schemas['CollectionDto'];

export const STORAGE_KEY = ['admin', 'storage'];
const COLLECTIONS_KEY = ['admin', 'collections'];
const REFETCH_INTERVAL_MS = 1000;

const STEPS: Readonly<Record<Collection['step'], string>> = {
  uploads: 'Deleting unfinished uploads',
  history: 'Deleting unreachable history',
  store: 'Listing stored objects',
  contents: 'Checking objects',
};

/** The step of a running collection, and its progress. */
export function describeProgress({ step, examined, total }: Collection): string {
  if (step !== 'contents' || total === 0) return `${STEPS[step]}…`;
  return `${STEPS[step]}: ${examined.toLocaleString('en')} of ${total.toLocaleString('en')}`;
}

/** The outcome of a collection that has ended. */
export function describeResult({ state, deleted, freed_bytes: bytes, error }: Collection): string {
  const freed = deleted ? `deleted ${formatCount(deleted, 'object')}, ${formatBytes(bytes)}` : 'nothing to delete';
  if (state === 'failed') return `failed: ${error ?? 'unknown error'}`;
  return state === 'interrupted' ? `interrupted by a restart, ${freed}` : freed;
}

/** Garbage collections of all replicas. While one is running, its progress is read every second. */
export function useCollections() {
  const queryClient = useQueryClient();
  const { data } = useQuery({
    queryKey: COLLECTIONS_KEY,
    queryFn: async ({ signal }) => (await admin.GET('/admin/api/storage/collections', { signal })).data!.collections,
    refetchInterval: ({ state }) => (state.data?.[0]?.state === 'running' ? REFETCH_INTERVAL_MS : false),
    staleTime: 0,
  });
  const latest = computed(() => data.value?.[0]);
  const running = computed(() => (latest.value?.state === 'running' ? latest.value : undefined));
  const last = computed(() => data.value?.find(({ state }) => state !== 'running'));

  let startedId: number | undefined;
  const { message, busy, run } = useAction(async () => {
    startedId = (await admin.POST('/admin/api/storage/collect')).data!.id;
    await queryClient.invalidateQueries({ queryKey: COLLECTIONS_KEY });
  });
  watch(last, (ended, before) => {
    if (!ended || ended.id === before?.id) return;
    if (before || ended.id === startedId) void queryClient.invalidateQueries({ queryKey: STORAGE_KEY });
    if (ended.id !== startedId) return;
    const result = describeResult(ended);
    toast(`Cleanup finished: ${result}`, ended.state === 'failed' ? 'bad' : undefined);
  });
  return { running, last, message, busy, run };
}
