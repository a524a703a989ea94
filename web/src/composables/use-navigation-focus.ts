import { onUnmounted, ref, type Ref } from 'vue';
import { useRouter, type RouteLocationNormalized } from 'vue-router';

/** A page whose heading appears later keeps the focus where it is. */
const MAX_WAIT_MS = 5000;

/** All tabs of a repository are one page. */
const pageOf = ({ matched, params, path }: RouteLocationNormalized): string =>
  matched.length > 1 ? [matched[0]!.path, params['namespace'], params['name']].join(' ') : path;

/**
 * Moves the focus to the heading of a page that a link leads to, as when the browser loads a page.
 * @returns whether there was a navigation, after which titles of pages are announced
 */
export function useNavigationFocus(main: Ref<HTMLElement | null>): Ref<boolean> {
  const hasNavigated = ref(false);
  let stop = (): void => undefined;
  const remove = useRouter().afterEach((to, from, failure) => {
    if (failure || from.matched.length === 0 || to.path === from.path) return;
    hasNavigated.value = true;
    stop();
    if (pageOf(to) !== pageOf(from) && main.value) stop = focusHeading(main.value);
  });
  onUnmounted(() => {
    remove();
    stop();
  });
  return hasNavigated;
}

/** Focuses the heading as soon as the new page shows it, unless the page has focused a field itself. */
function focusHeading(main: HTMLElement): () => void {
  const previous = main.querySelector('h1');
  const observer = new MutationObserver(() => {
    const heading = main.querySelector('h1');
    if (!heading || heading === previous) return;
    stop();
    if (main.contains(document.activeElement) && document.activeElement !== main) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  });
  const timer = setTimeout(() => stop(), MAX_WAIT_MS);
  const stop = (): void => {
    clearTimeout(timer);
    observer.disconnect();
  };
  observer.observe(main, { childList: true, subtree: true });
  return stop;
}
