import { computed, ref, type ComputedRef, type Ref } from 'vue';
import { ApiError } from './api-error';

/** Something that a person sends off, and what came of it. */
export interface Action<A extends unknown[]> {
  /** Is it on its way? A second wish is not sent meanwhile. */
  readonly busy: Ref<boolean>;
  readonly fault: Ref<unknown>;
  /** What is wrong with each field of the form. */
  readonly fields: ComputedRef<Readonly<Record<string, string>>>;
  /** What is wrong beside the fields. */
  readonly message: ComputedRef<string | undefined>;
  /** @returns whether it was done */
  run(...values: A): Promise<boolean>;
  forget(): void;
}

const MINUTE = 60;

/** "in 3 minutes", for a wait that the hub has named. */
const whenAgain = (seconds: number): string =>
  seconds < 2 * MINUTE ? `in ${seconds} seconds` : `in ${Math.ceil(seconds / MINUTE)} minutes`;

/** An error in one line, with how long to wait where that helps. */
export function errorMessage(fault: unknown): string {
  if (!(fault instanceof ApiError)) return fault instanceof Error ? fault.message : String(fault);
  const wait = fault.retryAfter === undefined ? '' : ` Try again ${whenAgain(fault.retryAfter)}.`;
  return [fault.message.replace(/([^.!?])$/, '$1.'), wait].join('');
}

/** Wraps what a form or button does. What goes wrong is kept and told, never thrown. */
export function useAction<A extends unknown[]>(act: (...values: A) => Promise<unknown>): Action<A> {
  const busy = ref(false);
  const fault = ref<unknown>();
  const fields = computed(() => (fault.value instanceof ApiError ? fault.value.fields : {}));
  async function run(...values: A): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    fault.value = undefined;
    try {
      await act(...values);
      return true;
    } catch (error) {
      fault.value = error;
      return false;
    } finally {
      busy.value = false;
    }
  }
  return {
    ...{ busy, fault, fields, run },
    message: computed(() =>
      fault.value === undefined || Object.keys(fields.value).length ? undefined : errorMessage(fault.value),
    ),
    forget: () => (fault.value = undefined),
  };
}
