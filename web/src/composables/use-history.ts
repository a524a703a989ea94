import { shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { onSignOut } from '../admin/admin-session';

export interface Sample<T> {
  /** Unix time in milliseconds. */
  readonly at: number;
  readonly value: T;
}

/** One hour, at one sample every four seconds. */
const MAX_SAMPLES = 900;

const histories = new Map<string, ShallowRef<readonly Sample<unknown>[]>>();
onSignOut(() => histories.clear());

/** Records the results of a polling query. The history is kept when the admin navigates between pages, and cleared on sign-out. */
export function useHistory<T>(
  name: string,
  data: Readonly<Ref<T | undefined>>,
  at: Readonly<Ref<number>>,
): ShallowRef<readonly Sample<T>[]> {
  const history = (histories.get(name) ?? shallowRef([])) as ShallowRef<readonly Sample<T>[]>;
  histories.set(name, history);
  watch(
    at,
    (now) => {
      const value = data.value;
      if (value === undefined || now === 0 || now <= (history.value.at(-1)?.at ?? 0)) return;
      history.value = [...history.value.slice(1 - MAX_SAMPLES), { at: now, value }];
    },
    { immediate: true },
  );
  return history;
}

/** Derives a value, such as a rate, from each pair of consecutive samples. It gets the time of the later sample. */
export const betweenSamples = <T, R>(
  samples: readonly Sample<T>[],
  derive: (current: T, previous: T, seconds: number) => R,
): Sample<R>[] =>
  samples.slice(1).map(({ at, value }, index) => {
    const previous = samples[index]!;
    return { at, value: derive(value, previous.value, (at - previous.at) / 1000) };
  });
