import { targetOf, type MarkdownContext } from './markdown-links';

/** What stands before the ids of a text, so that none is taken for one of the page. */
export const ID_PREFIX = 'user-content-';

/** Makes clean content at home on the page: addresses resolved, headings linked, wide things scrollable. */
export function settle(content: DocumentFragment, place: MarkdownContext | undefined): void {
  for (const link of content.querySelectorAll('a[href]')) settleLink(link as HTMLAnchorElement, place);
  for (const media of content.querySelectorAll('[src], [srcset], [poster]')) settleMedia(media, place);
  for (const heading of content.querySelectorAll('h1[id], h2[id], h3[id], h4[id], h5[id], h6[id]'))
    linkHeading(heading);
  for (const table of content.querySelectorAll('table')) wrap(table, 'markdown-scroll');
  for (const input of content.querySelectorAll('input'))
    if (!input.closest('label')) input.ariaLabel = input.checked ? 'Done' : 'To do';
}

function settleLink(link: HTMLAnchorElement, place: MarkdownContext | undefined): void {
  const target = targetOf(link.getAttribute('href')!, place, 'page', location.origin);
  if (!target) return link.removeAttribute('href');
  link.setAttribute('href', target.address);
  if (target.kind !== 'away') return;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
}

function settleMedia(media: Element, place: MarkdownContext | undefined): void {
  const address = (written: string): string =>
    /^data:/i.test(written) ? written : (targetOf(written, place, 'content', location.origin)?.address ?? '');
  for (const name of ['src', 'poster']) {
    const written = media.getAttribute(name);
    if (written !== null) media.setAttribute(name, address(written.trim()));
  }
  const set = media.getAttribute('srcset');
  if (set !== null) media.setAttribute('srcset', set.replace(/[^\s,]+(?=(?:\s+[\d.]+[wx])?\s*(?:,|$))/g, address));
  if (media instanceof HTMLImageElement) {
    media.alt ||= '';
    media.loading = 'lazy';
    media.decoding = 'async';
  }
  if (media instanceof HTMLMediaElement) {
    media.controls = true;
    media.preload = 'metadata';
  }
}

/** The link is for pointers: who reads with the keyboard or by ear has the headings themselves. */
function linkHeading(heading: Element): void {
  const link = document.createElement('a');
  link.href = `#${heading.id.slice(ID_PREFIX.length)}`;
  link.className = 'markdown-anchor';
  link.textContent = '#';
  link.ariaHidden = 'true';
  link.tabIndex = -1;
  heading.append(link);
}

function wrap(element: Element, className: string): void {
  const box = document.createElement('div');
  box.className = className;
  element.replaceWith(box);
  box.append(element);
}
