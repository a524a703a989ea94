import { computed, ref, type Ref } from 'vue';
import type { Source } from './source-draft';
import type { Health } from './sources-api';

export type SourceStatus = 'any' | 'enabled' | 'disabled' | 'unhealthy';

const isUnhealthy = (source: Source, health: Health | undefined): boolean =>
  source.enabled &&
  !!health &&
  (health.breaker !== 'closed' ||
    health.holds.length > 0 ||
    ['rejected', 'refused', 'unreadable'].includes(health.token));

/** Filters sources by a text and by their status. */
export function useSourceFilter(
  sources: Readonly<Ref<readonly Source[]>>,
  healthById: Readonly<Ref<ReadonlyMap<Source['id'], Health>>>,
) {
  const searchText = ref('');
  const status = ref<SourceStatus>('any');
  const search = computed(() => searchText.value.trim().toLowerCase());
  const isFiltered = computed(() => search.value !== '' || status.value !== 'any');

  function hasStatus(source: Source): boolean {
    if (status.value === 'any') return true;
    if (status.value === 'unhealthy') return isUnhealthy(source, healthById.value.get(source.id));
    return source.enabled === (status.value === 'enabled');
  }
  const filtered = computed(() =>
    sources.value.filter((source) => {
      const text = `${source.name} ${source.url} ${source.namespace} ${source.source_type}`.toLowerCase();
      return text.includes(search.value) && hasStatus(source);
    }),
  );
  function clear(): void {
    searchText.value = '';
    status.value = 'any';
  }
  return { searchText, status, isFiltered, filtered, clear };
}
