import { reactive, ref, shallowRef } from 'vue';
import { errorMessage, useAction } from '@/api/use-action';
import { toast } from './use-toasts';

/** An action on one item (or none: `void`) behind a confirmation dialog. The fields are the state of that dialog (`UiConfirm`). */
export interface ConfirmedAction<T> {
  isOpen: boolean;
  /** The item to confirm. Kept while the dialog closes, so that its title does not change. */
  readonly item: T | undefined;
  readonly busy: boolean;
  /** Message if the action failed. */
  readonly error: string | undefined;
  /** Opens the dialog for an item. */
  open(item: T): void;
  /** Runs the action. Closes the dialog if it succeeded. */
  confirm(): Promise<void>;
  /** Runs the action without the dialog. A failure is shown as a toast. */
  runNow(item: T): Promise<void>;
}

/**
 * @param act performs the action and returns the text of the success toast
 * @param refresh reloads what the action changed; runs after the dialog has closed
 */
export function useConfirmedAction<T>(
  act: (item: T) => Promise<string>,
  refresh: () => Promise<unknown>,
): ConfirmedAction<T> {
  const isOpen = ref(false);
  const item = shallowRef<T>();
  const { busy, message, run, reset } = useAction(async (subject: T) => {
    const successText = await act(subject);
    isOpen.value = false;
    toast(successText);
  });

  function open(subject: T): void {
    reset();
    item.value = subject;
    isOpen.value = true;
  }
  async function confirm(): Promise<void> {
    if (await run(item.value as T)) await refresh();
  }
  async function runNow(subject: T): Promise<void> {
    try {
      toast(await act(subject));
      await refresh();
    } catch (error) {
      toast(errorMessage(error), 'bad');
    }
  }
  return reactive({ isOpen, item, busy, error: message, open, confirm, runNow }) as ConfirmedAction<T>;
}
