import { escapeInvisible } from '@domain/invisible-characters';
import { watchEffect } from 'vue';
import { useSiteName } from '../api/site';

/** Sets the document title, followed by the name of the site. */
export function usePageTitle(title: () => string | undefined): void {
  const site = useSiteName();
  watchEffect(() => {
    const pageTitle = title();
    document.title = pageTitle ? `${escapeInvisible(pageTitle)} · ${site.value}` : site.value;
  });
}
