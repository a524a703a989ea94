import MarkdownIt from 'markdown-it';
import anchor from 'markdown-it-anchor';
import footnote from 'markdown-it-footnote';
import alerts from 'markdown-it-github-alerts';
import tasks from 'markdown-it-task-lists';
import { sanitizeHtml } from './sanitize-html';
import { settle } from './prepare-content';
import type { MarkdownContext } from './markdown-links';

/** Heading ids as GitHub makes them, since authors link to those. */
const slug = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-');

const markdown = new MarkdownIt({ html: true, linkify: true })
  .use(anchor, { slugify: slug, tabIndex: false })
  .use(footnote)
  .use(alerts)
  .use(tasks, { label: true });

/** GitHub-flavoured Markdown as clean nodes, with links and pictures that lead where their author meant. */
export function renderMarkdown(source: string, place: MarkdownContext | undefined): DocumentFragment {
  const fragment = sanitizeHtml(markdown.render(source));
  settle(fragment, place);
  return fragment;
}
