import { ref, watch, type Ref } from 'vue';

const PAUSE_MS = 250;

/** What is typed, once the typing pauses. */
export function useDebounced(typed: Readonly<Ref<string>>): Ref<string> {
  const settled = ref(typed.value.trim());
  watch(typed, (text, _before, onCleanup) => {
    const timer = setTimeout(() => (settled.value = text.trim()), PAUSE_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return settled;
}
