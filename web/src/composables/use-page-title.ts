import { escapeInvisible } from '@domain/invisible-characters';
import { readonly, ref, watchEffect } from 'vue';
import { useSiteName } from '../api/site';

const current = ref('');

/** The title of the current page, without the name of the site. */
export const currentTitle = readonly(current);

/** Sets the document title, followed by the name of the site. */
export function usePageTitle(title: () => string | undefined): void {
  const site = useSiteName();
  watchEffect(() => {
    const pageTitle = escapeInvisible(title() ?? '');
    current.value = pageTitle;
    document.title = pageTitle ? `${pageTitle} · ${site.value}` : site.value;
  });
}
