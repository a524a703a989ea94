import MarkdownIt from 'markdown-it';
import anchor from 'markdown-it-anchor';
import footnote from 'markdown-it-footnote';
import alerts from 'markdown-it-github-alerts';
import tasks from 'markdown-it-task-lists';
import { sanitizeHtml } from './sanitize-html';
import { prepareContent } from './prepare-content';
import type { RemoteMedia } from './remote-media';
import type { MarkdownContext } from './markdown-links';

export { sizeImages } from './size-images';

/** Heading ids in GitHub's format, since READMEs link to those. */
const slugify = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-');

const parser = new MarkdownIt({ html: true, linkify: true })
  .use(anchor, { slugify, tabIndex: false })
  .use(footnote)
  .use(alerts)
  .use(tasks, { label: true });

/** Renders GitHub-flavored Markdown to sanitized nodes with resolved links and images. */
export function renderMarkdown(
  source: string,
  context: MarkdownContext | undefined,
  remoteMedia: RemoteMedia,
): DocumentFragment {
  const fragment = sanitizeHtml(parser.render(source));
  prepareContent(fragment, context, remoteMedia);
  return fragment;
}
