import { watchEffect } from 'vue';
import { useSiteName } from '../api/site';

/** Keeps the browser's title true. */
export function usePageTitle(title: () => string | undefined): void {
  const site = useSiteName();
  watchEffect(() => {
    const own = title();
    document.title = own ? `${own} · ${site.value}` : site.value;
  });
}
