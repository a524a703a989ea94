import { shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { onSignOut } from '../admin/admin-session';

/** What an answer said at a time (milliseconds since 1970). */
export interface Sample<T> {
  readonly at: number;
  readonly value: T;
}

/** An hour, at a sample every four seconds. */
const MOST = 900;

const histories = new Map<string, ShallowRef<readonly Sample<unknown>[]>>();
onSignOut(() => histories.clear());

/** Keeps what a query has answered, for as long as the portal is open; pages of the portal that go and come back go on with it. */
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
      history.value = [...history.value.slice(1 - MOST), { at: now, value }];
    },
    { immediate: true },
  );
  return history;
}

/** Something about every two samples that follow each other, at the time of the later one. */
export const betweenSamples = <T, R>(
  samples: readonly Sample<T>[],
  of: (now: T, before: T, seconds: number) => R,
): Sample<R>[] =>
  samples.slice(1).map(({ at, value }, place) => {
    const before = samples[place]!;
    return { at, value: of(value, before.value, (at - before.at) / 1000) };
  });
