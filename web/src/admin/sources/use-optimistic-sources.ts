import { computed, ref, type ComputedRef, type Ref } from 'vue';
import { errorMessage } from '@/api/use-action';
import { toast } from '@/composables/use-toasts';
import type { Source } from './source-draft';
import { orderSources, updateSource, useRefreshSources, useSetSources } from './sources-api';

type Id = Source['id'];

const showError = (title: string, error: unknown): void => toast(`${title}: ${errorMessage(error)}`, 'bad');

/** Sends a new order, one at a time. Of the orders that arrive meanwhile, only the last one is sent. */
function usePendingOrder() {
  const pending = ref<Id[]>();
  const setSources = useSetSources();
  const refresh = useRefreshSources();
  let isSending = false;
  async function order(ids: Id[]): Promise<void> {
    pending.value = ids;
    if (isSending) return;
    isSending = true;
    try {
      for (let sent: Id[] | undefined; sent !== pending.value;) {
        sent = pending.value!;
        setSources(await orderSources(sent));
      }
    } catch (error) {
      showError('Order not changed', error);
    } finally {
      pending.value = undefined;
      isSending = false;
      void refresh();
    }
  }
  return { pending, order };
}

/** Enables and disables sources, with the switches that are being sent. */
function usePendingEnabled() {
  const pending = ref(new Map<Id, boolean>());
  const refresh = useRefreshSources();
  async function enable(source: Source, enabled: boolean): Promise<void> {
    pending.value.set(source.id, enabled);
    try {
      await updateSource(source, { enabled });
      await refresh();
    } catch (error) {
      showError(`${source.name} not ${enabled ? 'enabled' : 'disabled'}`, error);
    } finally {
      pending.value.delete(source.id);
    }
  }
  return { pending, enable };
}

/**
 * Shows a new order and toggled switches at once, and reverts them if the hub rejects the change.
 *
 * @param current the sources as last received from the hub
 */
export function useOptimisticSources(current: Readonly<Ref<readonly Source[] | undefined>>): {
  readonly sources: ComputedRef<Source[]>;
  order(ids: Id[]): Promise<void>;
  enable(source: Source, enabled: boolean): Promise<void>;
} {
  const { pending: pendingOrder, order } = usePendingOrder();
  const { pending: pendingEnabled, enable } = usePendingEnabled();
  const sources = computed(() => {
    const rank = new Map(pendingOrder.value?.map((id, index) => [id, index]));
    const rankOf = ({ id }: Source): number => rank.get(id) ?? rank.size;
    return (current.value ?? [])
      .map((source) => ({ ...source, enabled: pendingEnabled.value.get(source.id) ?? source.enabled }))
      .toSorted((a, b) => rankOf(a) - rankOf(b));
  });
  return { sources, order, enable };
}
