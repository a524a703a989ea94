/** An image of a card's metadata (`widget`), with its prompt. */
export interface GalleryImage {
  readonly url: string;
  readonly text: string;
}

/** Replaced by the gallery after sanitizing. */
export const GALLERY_CLASS = 'markdown-gallery';
const TAG = /<Gallery\s*(?:\/>|>\s*<\/Gallery>)/g;
const MAX_IMAGES = 60;

/** Marks the places of `<Gallery />`, which is not an element of HTML. */
export const markGallery = (source: string): string => source.replace(TAG, `<div class="${GALLERY_CLASS}"></div>`);

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
