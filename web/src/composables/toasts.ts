import { reactive } from 'vue';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly look: 'good' | 'bad';
}

/** Short messages at the page's edge, for what has happened elsewhere than where one looks. */
export const toasts = reactive({
  shown: [] as Toast[],
  next: 1,
  tell(text: string, look: Toast['look'] = 'good'): void {
    this.shown.push({ id: this.next++, text, look });
  },
  drop(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  },
});
