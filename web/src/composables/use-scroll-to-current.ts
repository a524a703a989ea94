import { onMounted, watch, type Ref } from 'vue';

/**
 * Keeps the `aria-current` link of a horizontally scrolling navigation bar in view.
 *
 * @param current a value that changes with that link
 */
export function useScrollToCurrent(bar: Readonly<Ref<HTMLElement | null>>, current: () => unknown): void {
  function scrollToCurrent(): void {
    const link = bar.value?.querySelector<HTMLElement>('[aria-current]');
    if (link) bar.value!.scrollLeft = link.offsetLeft - (bar.value!.clientWidth - link.offsetWidth) / 2;
  }
  onMounted(scrollToCurrent);
  watch(current, scrollToCurrent, { flush: 'post' });
}
