import { computed, ref, type ComputedRef, type Ref } from 'vue';
import { errorMessage } from '@/api/use-action';
import { toast } from '@/composables/use-toasts';
import type { Source } from './source-draft';
import { changeSource, orderSources, useKnownSources, useSourcesChange } from './sources-api';

type Id = Source['id'];

/**
 * What is wished of the sources' order and switches is shown at once, and taken back when the hub does not agree.
 * @param told the sources as the hub has told them
 */
export function useOptimisticSources(told: Readonly<Ref<readonly Source[] | undefined>>): {
  readonly sources: ComputedRef<Source[]>;
  order(ids: Id[]): Promise<void>;
  enable(source: Source, enabled: boolean): Promise<void>;
} {
  const wished = ref<Id[]>();
  const switched = ref(new Map<Id, boolean>());
  const sources = computed(() => {
    const rank = new Map(wished.value?.map((id, place) => [id, place]));
    const markdownContext = ({ id }: Source): number => rank.get(id) ?? rank.size;
    return (told.value ?? [])
      .map((source) => ({ ...source, enabled: switched.value.get(source.id) ?? source.enabled }))
      .toSorted((a, b) => markdownContext(a) - markdownContext(b));
  });

  const know = useKnownSources();
  const changed = useSourcesChange();
  const refuse = (what: string, problem: unknown): void => toast(`${what}: ${errorMessage(problem)}`, 'bad');

  /** While one order is on its way, only the last of those that follow is sent after it. */
  let sending = false;
  async function order(ids: Id[]): Promise<void> {
    wished.value = ids;
    if (sending) return;
    sending = true;
    try {
      for (let sent: Id[] | undefined; sent !== wished.value;) {
        sent = wished.value!;
        know(await orderSources(sent));
      }
    } catch (problem) {
      refuse('The order stays as it was', problem);
    } finally {
      wished.value = undefined;
      sending = false;
      void changed();
    }
  }

  async function enable(source: Source, enabled: boolean): Promise<void> {
    switched.value.set(source.id, enabled);
    try {
      await changeSource(source, { enabled });
      await changed();
    } catch (problem) {
      refuse(`${source.name} stays ${enabled ? 'disabled' : 'enabled'}`, problem);
    } finally {
      switched.value.delete(source.id);
    }
  }
  return { sources, order, enable };
}
