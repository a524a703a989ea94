import { computed, ref, type ComputedRef, type Ref } from 'vue';
import { ApiError } from './api-error';

/** The state of a user's action (a submitted form, a pressed button) and its outcome. */
export interface Action<A extends unknown[]> {
  /** Whether the action is in progress. Until it has finished, calls of `run` are ignored. */
  readonly busy: Ref<boolean>;
  readonly error: Ref<unknown>;
  /** Validation messages by form field. */
  readonly fields: ComputedRef<Readonly<Record<string, string>>>;
  /** The error in one line, unless `fields` already explains it. */
  readonly message: ComputedRef<string | undefined>;
  /**
   * Runs the action; never rejects.
   * @returns whether it succeeded
   */
  run(...values: A): Promise<boolean>;
  /** Clears the last error. */
  reset(): void;
}

const MINUTE_SECONDS = 60;

const formatWait = (seconds: number): string =>
  seconds < 2 * MINUTE_SECONDS ? `in ${seconds} seconds` : `in ${Math.ceil(seconds / MINUTE_SECONDS)} minutes`;

/** An error in one line; includes the waiting time if the hub sent `Retry-After`. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  const wait = error.retryAfter === undefined ? '' : ` Try again ${formatWait(error.retryAfter)}.`;
  return [error.message.replace(/([^.!?])$/, '$1.'), wait].join('');
}

/** Wraps the handler of a form or button, so that components can show its progress and error. */
export function useAction<A extends unknown[]>(act: (...values: A) => Promise<unknown>): Action<A> {
  const busy = ref(false);
  const error = ref<unknown>();
  const fields = computed(() => (error.value instanceof ApiError ? error.value.fields : {}));
  async function run(...values: A): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    error.value = undefined;
    try {
      await act(...values);
      return true;
    } catch (thrown) {
      error.value = thrown;
      return false;
    } finally {
      busy.value = false;
    }
  }
  return {
    busy,
    error,
    fields,
    run,
    message: computed(() =>
      error.value === undefined || Object.keys(fields.value).length ? undefined : errorMessage(error.value),
    ),
    reset: () => (error.value = undefined),
  };
}
