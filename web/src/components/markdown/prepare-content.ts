import { resolveLink, type MarkdownContext } from './markdown-links';
import { blockRemoteMedia, isAllowed, type RemoteMedia } from './remote-media';
import { rewriteSrcset } from './rewrite-srcset';

/** Prefix of all ids in rendered Markdown, so that they cannot collide with ids of the page. */
export const ID_PREFIX = 'user-content-';

/** Adapts sanitized content to the page: resolves URLs, links headings and wraps tables so that they can scroll. */
export function prepareContent(
  content: DocumentFragment,
  context: MarkdownContext | undefined,
  remoteMedia: RemoteMedia,
): void {
  for (const link of content.querySelectorAll('a[href]')) prepareLink(link as HTMLAnchorElement, context);
  for (const media of content.querySelectorAll('[src], [srcset], [poster]')) prepareMedia(media, context);
  blockRemoteMedia(content, (url) => isAllowed(url, remoteMedia, context?.source));
  for (const heading of content.querySelectorAll('h1[id], h2[id], h3[id], h4[id], h5[id], h6[id]'))
    linkHeading(heading);
  for (const table of content.querySelectorAll('table')) wrap(table, 'markdown-scroll');
  for (const input of content.querySelectorAll('input'))
    if (!input.closest('label')) input.ariaLabel = input.checked ? 'Done' : 'To do';
}

function prepareLink(link: HTMLAnchorElement, context: MarkdownContext | undefined): void {
  const target = resolveLink(link.getAttribute('href')!, context, 'page', location.origin);
  if (!target) return link.removeAttribute('href');
  link.setAttribute('href', target.url);
  if (target.kind !== 'external') return;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
}

function prepareMedia(media: Element, context: MarkdownContext | undefined): void {
  const resolveUrl = (url: string): string =>
    /^data:/i.test(url) ? url : (resolveLink(url, context, 'content', location.origin)?.url ?? '');
  for (const name of ['src', 'poster']) {
    const url = media.getAttribute(name);
    if (url !== null) media.setAttribute(name, resolveUrl(url.trim()));
  }
  const srcset = media.getAttribute('srcset');
  if (srcset !== null) media.setAttribute('srcset', rewriteSrcset(srcset, resolveUrl));
  if (media instanceof HTMLImageElement) {
    media.alt ||= '';
    media.loading = 'lazy';
    media.decoding = 'async';
  }
  if (media instanceof HTMLMediaElement) {
    media.controls = true;
    media.preload = 'none';
  }
}

/** The anchor is for pointer users only: it is hidden from keyboards and screen readers, which can use the heading itself. */
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
