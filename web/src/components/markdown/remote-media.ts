/** Whether images and media of other hosts are loaded: from no host, the source of the repository, or all hosts. */
export type RemoteMedia = 'off' | 'sources' | 'all';

/**
 * Whether a page may load an image, audio or video.
 * @param url - absolute, or a path of this hub
 * @param source - URL of the source of the repository
 */
export function isAllowed(url: string, remoteMedia: RemoteMedia, source: string | undefined): boolean {
  if (remoteMedia === 'all') return true;
  const { protocol, origin, hostname } = new URL(url, location.origin);
  if (origin === location.origin || protocol === 'data:') return true;
  if (remoteMedia === 'off' || source === undefined || !URL.canParse(source)) return false;
  const host = new URL(source).hostname;
  return hostname === host || hostname.endsWith(`.${host}`);
}

const MEDIA = 'img, audio, video';

/** Replaces images and media that may not be loaded by links to them. */
export function blockRemoteMedia(content: ParentNode, isPermitted: (url: string) => boolean): void {
  for (const element of content.querySelectorAll('[srcset]')) {
    const urls = element.getAttribute('srcset')!.split(', ');
    if (!urls.every((candidate) => isPermitted(candidate.split(' ')[0]!))) element.removeAttribute('srcset');
  }
  for (const element of content.querySelectorAll('[poster]'))
    if (!isPermitted(element.getAttribute('poster')!)) element.removeAttribute('poster');
  for (const element of content.querySelectorAll('[src]')) {
    const url = element.getAttribute('src')!;
    if (isPermitted(url)) continue;
    if (element.matches(MEDIA)) element.replaceWith(linkTo(url, element.getAttribute('alt')));
    else element.remove();
  }
}

function linkTo(url: string, title: string | null): HTMLAnchorElement {
  const link = document.createElement('a');
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  link.textContent = `${title?.trim() || 'Media'} (not loaded from ${new URL(url).hostname})`;
  return link;
}
