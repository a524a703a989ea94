import type MarkdownIt from 'markdown-it';

/** An image of a card's metadata (`widget`), with its prompt. */
export interface GalleryImage {
  readonly url: string;
  readonly text: string;
}

/** Replaced by the gallery after sanitizing. */
const GALLERY_CLASS = 'markdown-gallery';
const MAX_IMAGES = 60;

/** Marks the places of `<Gallery />`, which is not an element of HTML. In code, it stays as it is. */
export function gallery(parser: InstanceType<typeof MarkdownIt>): void {
  for (const rule of ['html_block', 'html_inline'])
    parser.renderer.rules[rule] = (tokens, index) => markedGallery(tokens[index]!.content);
}

const markedGallery = (html: string): string =>
  html
    .replace(/<Gallery\s*\/>/g, `<div class="${GALLERY_CLASS}"></div>`)
    .replace(/<Gallery\s*>/g, `<div class="${GALLERY_CLASS}">`)
    .replaceAll('</Gallery>', '</div>');

/** The images of a card's examples. */
export function galleryImages(widget: unknown): readonly GalleryImage[] {
  if (!Array.isArray(widget)) return [];
  return widget.slice(0, MAX_IMAGES).flatMap((example: unknown) => {
    const { text, output } = (example ?? {}) as { text?: unknown; output?: { url?: unknown } };
    const url = output?.url;
    return typeof url === 'string' ? [{ url, text: typeof text === 'string' ? text : '' }] : [];
  });
}

/** Fills the marked places with images. Their URLs are resolved like those of other images afterwards. */
export function fillGallery(content: DocumentFragment, images: readonly GalleryImage[]): void {
  for (const place of content.querySelectorAll(`.${GALLERY_CLASS}`)) {
    if (images.length === 0) place.remove();
    else place.replaceChildren(...images.map(figureOf));
  }
}

function figureOf({ url, text }: GalleryImage): HTMLElement {
  const figure = document.createElement('figure');
  const image = document.createElement('img');
  image.setAttribute('src', url);
  image.alt = text === '' || text === '-' ? 'An example' : text;
  figure.append(image);
  if (text !== '' && text !== '-') {
    const caption = document.createElement('figcaption');
    caption.textContent = text;
    figure.append(caption);
  }
  return figure;
}
