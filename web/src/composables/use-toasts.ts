import { shallowRef, type Ref } from 'vue';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly look: 'good' | 'bad';
}

const toasts = shallowRef<readonly Toast[]>([]);
let nextId = 1;

/** Shows a short message at the edge of the page. */
export function toast(text: string, look: Toast['look'] = 'good'): void {
  toasts.value = [...toasts.value, { id: nextId++, text, look }];
}

/** The messages that are visible now, for the component that renders them. */
export function useToasts(): { readonly toasts: Readonly<Ref<readonly Toast[]>>; dismiss(id: number): void } {
  return {
    toasts,
    dismiss(id) {
      toasts.value = toasts.value.filter((item) => item.id !== id);
    },
  };
}
