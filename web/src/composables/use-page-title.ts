import { watchEffect } from 'vue';
import { useSiteName } from '../api/site';

/** Sets the document title, followed by the name of the site. */
export function usePageTitle(title: () => string | undefined): void {
  const site = useSiteName();
  watchEffect(() => {
    const pageTitle = title();
    document.title = pageTitle ? `${pageTitle} · ${site.value}` : site.value;
  });
}
