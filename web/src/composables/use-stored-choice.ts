import { ref, watch, type Ref } from 'vue';

const choices = new Map<string, Ref<boolean>>();

/** A choice of the user that pages share, and that the browser stores. False at first. */
export function useStoredChoice(key: string): Ref<boolean> {
  const known = choices.get(key);
  if (known) return known;
  const choice = ref(localStorage.getItem(key) === '1');
  watch(choice, (isChosen) => (isChosen ? localStorage.setItem(key, '1') : localStorage.removeItem(key)), {
    flush: 'sync',
  });
  choices.set(key, choice);
  return choice;
}
