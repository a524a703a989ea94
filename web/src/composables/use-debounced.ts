import { ref, watch, type Ref } from 'vue';

const DELAY_MS = 250;

/** The trimmed text, updated when typing pauses. */
export function useDebounced(input: Readonly<Ref<string>>): Ref<string> {
  const debounced = ref(input.value.trim());
  watch(input, (text, _before, onCleanup) => {
    const timer = setTimeout(() => (debounced.value = text.trim()), DELAY_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return debounced;
}
