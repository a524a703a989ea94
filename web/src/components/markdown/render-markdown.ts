import MarkdownIt from 'markdown-it';
import anchor from 'markdown-it-anchor';
import footnote from 'markdown-it-footnote';
import alerts from 'markdown-it-github-alerts';
import tasks from 'markdown-it-task-lists';
import { sanitizeHtml } from './sanitize-html';
import { prepareContent } from './prepare-content';
import type { RemoteMedia } from './remote-media';
import { fillGallery, gallery, type GalleryImage } from './gallery';
import type { MarkdownContext } from './markdown-links';
import { math } from './math';
import { renderMath } from './render-math';

export { sizeImages } from './size-images';

/** Heading ids in GitHub's format, since READMEs link to those. */
const slugify = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-');

const newParser = () =>
  new MarkdownIt({ html: true, linkify: true })
    .use(anchor, { slugify, tabIndex: false })
    .use(footnote)
    .use(alerts)
    .use(tasks, { label: true })
    .use(math)
    .use(gallery);
type Parser = ReturnType<typeof newParser>;
const parser = newParser();

const EMOJI = /:[\w+-]{2,40}:/;
let emojiParser: Promise<Parser> | undefined;

/** Names of emoji are a large table, so they are loaded for texts that may have some. */
const parserFor = (source: string): Parser | Promise<Parser> =>
  EMOJI.test(source) ? (emojiParser ??= loadEmojiParser()) : parser;

async function loadEmojiParser(): Promise<Parser> {
  try {
    return newParser().use((await import('markdown-it-emoji')).full, { shortcuts: {} });
  } catch {
    emojiParser = undefined; // tried again by the next text
    return parser;
  }
}

/** Surroundings of a text. */
export interface MarkdownOptions {
  /** Resolves relative links. */
  readonly context: MarkdownContext | undefined;
  readonly remoteMedia: RemoteMedia;
  /** Images for `<Gallery />`. */
  readonly gallery: readonly GalleryImage[];
}

/** Renders GitHub-flavored Markdown to sanitized nodes with formulas, and resolved links and images. */
export async function renderMarkdown(
  source: string,
  { context, remoteMedia, gallery: images }: MarkdownOptions,
): Promise<DocumentFragment> {
  const fragment = sanitizeHtml((await parserFor(source)).render(source));
  fillGallery(fragment, images);
  prepareContent(fragment, context, remoteMedia);
  await renderMath(fragment);
  return fragment;
}

/** Sanitizes untrusted HTML like the HTML of cards. */
export function renderHtml(html: string, context: MarkdownContext, remoteMedia: RemoteMedia): DocumentFragment {
  const fragment = sanitizeHtml(html);
  prepareContent(fragment, context, remoteMedia);
  return fragment;
}
