import { computed, ref, watch, type Ref } from 'vue';

const texts = new Map<string, Ref<string>>();

/** A text that the user chose, that pages share, and that the browser stores. Empty at first. */
export function useStoredText(key: string): Ref<string> {
  const known = texts.get(key);
  if (known) return known;
  const text = ref(localStorage.getItem(key) ?? '');
  watch(text, (chosen) => (chosen ? localStorage.setItem(key, chosen) : localStorage.removeItem(key)), {
    flush: 'sync',
  });
  texts.set(key, text);
  return text;
}

/** A choice of the user that pages share, and that the browser stores. False at first. */
export function useStoredChoice(key: string): Ref<boolean> {
  const text = useStoredText(key);
  return computed({ get: () => text.value === '1', set: (isChosen) => (text.value = isChosen ? '1' : '') });
}
