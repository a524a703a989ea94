/** Images at the beginning of a card; later ones are rarely in the first screen. */
const MAX_IMAGES = 8;
const MAX_WAIT_MS = 1000;

/**
 * Waits for the sizes of the first images, so that they do not move the text when they appear. Images that take longer keep loading.
 * @param content - is not in the page yet
 */
export async function sizeImages(content: ParentNode): Promise<void> {
  const images = [...content.querySelectorAll<HTMLImageElement>('img[src]:not([height], [srcset])')];
  const sized = Promise.all(images.slice(0, MAX_IMAGES).map(sizeImage));
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([sized, new Promise((resolve) => (timer = setTimeout(resolve, MAX_WAIT_MS)))]);
  clearTimeout(timer);
}

/** Sets the missing attributes; the styles keep the ratio on narrow screens. */
async function sizeImage(image: HTMLImageElement): Promise<void> {
  const probe = new Image();
  probe.src = image.src;
  const isLoaded = await probe.decode().then(
    () => true,
    () => false, // not an image, or missing
  );
  const { naturalWidth, naturalHeight } = probe;
  const width = Number(image.getAttribute('width') ?? naturalWidth);
  if (!isLoaded || naturalWidth === 0 || !(width > 0) || image.isConnected) return;
  image.width = width;
  image.height = Math.round((width * naturalHeight) / naturalWidth);
}
